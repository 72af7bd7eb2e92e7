import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ChooseOptions } from "../../../src/cli/choose/choose-options.ts";
import { runChoose } from "../../../src/cli/choose/run-choose.ts";
import { parseEnvironment } from "../../../src/platform/config/environment.ts";
import { sampleRepository } from "../../execution/infrastructure/sample-repository.ts";

const places: string[] = [];
/** For the end of each test file: files share this module, so that it cannot ask for that itself. */
export function removePlaces(): void {
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
}

export type Files = Readonly<Record<string, string>>;

export function directory(files: Files): string {
  const place = mkdtempSync(join(tmpdir(), "fleet-choose-test-"));
  places.push(place);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), join(place, path));
    else writeFileSync(join(place, path), text);
  }
  return place;
}

export function repository(files: Files): string {
  const { base } = sampleRepository(files);
  places.push(base);
  return join(base, "work");
}

/** A patch that turns one line of a file into another. */
export function patchOf(path: string, before: string, after: string): string {
  return `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-${before}\n+${after}\n`;
}

export async function run(options: Partial<ChooseOptions>, env: Readonly<Record<string, string>> = {}) {
  const printed: string[] = [];
  const said: string[] = [];
  const code = await runChoose(
    parseEnvironment(env),
    { repo: "", base: "HEAD", candidates: "", role: "developer", timeout: "30", json: true, ...options },
    { out: (text) => void printed.push(text), say: (line) => void said.push(line) },
  );
  return { code, out: printed.join(""), said: said.join("\n") };
}

type Row = { id: string; passes: boolean; lostAt: string | null; why: string; flaky: string[]; checks: Check[] };
type Check = { name: string; status: string; summary: string; failing: string[]; detail: string; ms: number };
type Report = {
  role: string;
  winner: string;
  order: string[];
  candidates: Row[];
  base: { failing: string[]; outcome: string; reason: string };
  ignored: string[];
  sandbox: string;
  acceptance: { tests: string[]; problem: string | null };
};

export async function choose(options: Partial<ChooseOptions>) {
  const { code, out } = await run(options);
  const report: Report = JSON.parse(out);
  const cell = (id: string, name: string) =>
    report.candidates.find((row) => row.id === id)?.checks.find((check) => check.name === name);
  return { code, report, cell };
}

export const line = "export const add = (a, b) => a - b;";
export const right = "export const add = (a, b) => a + b;";
export const wrong = "export const add = (a, b) => a * b;";
export const suite = (tests: string): string =>
  `import test from "node:test"; import assert from "node:assert"; import { add } from "./add.js";\n${tests}\n`;
export const project: Files = {
  "package.json": '{"type":"module","scripts":{"test":"node --test"}}',
  "add.js": `${line}\n`,
  "add.test.js": suite(
    'test("zero", () => assert.equal(add(1, 0), 1)); test("is broken", () => assert.equal(add(1, 1), 5));',
  ),
};
