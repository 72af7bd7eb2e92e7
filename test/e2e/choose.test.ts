import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { sampleRepository } from "../execution/infrastructure/sample-repository.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fleet = join(root, "dist/src/cli/fleet.js");

const { base } = sampleRepository({
  "add.js": "export const add = (a, b) => a - b;\n",
  "package.json": '{"type":"module"}',
});
for (const [path, text] of Object.entries({
  "candidates/c1.patch":
    "--- a/add.js\n+++ b/add.js\n@@ -1 +1 @@\n-export const add = (a, b) => a - b;\n+export const add = (a, b) => a + b;\n",
  "candidates/c2/add.js": "export const add = (a, b) => 3;\n",
  "acceptance/add.test.js":
    'import test from "node:test"; import assert from "node:assert"; import { add } from "./add.js";\ntest("adds", () => assert.deepEqual([add(1, 2), add(2, 2)], [3, 4]));\n',
})) {
  mkdirSync(join(base, path, ".."), { recursive: true });
  writeFileSync(join(base, path), text);
}
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

function run(args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env["PATH"], HOME: base, NO_COLOR: "1" };
  const child = spawn(process.execPath, [fleet, ...args], { cwd: base, env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    texts.out += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    texts.err += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...texts }));
  });
}

/** The arguments of the README's own command, with its repository replaced by the sample. */
function readmeArguments(): readonly string[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, command = ""] = /^node dist\/src\/cli\/fleet\.js (choose .*)$/m.exec(readme) ?? [];
  return command.replace("../shop", "work").split(" ");
}

describe.skipIf(bubblewrapMissing)("fleet choose as a process (needs bubblewrap)", () => {
  it("does what the README says", async () => {
    const { code, out, err } = await run(readmeArguments());
    expect(out).toMatch(/winner: c1\n$/);
    expect(err).toContain("c1: checked");
    expect(code).toBe(0);
  });

  it("prints one JSON object and nothing else on standard output", async () => {
    const { code, out } = await run([...readmeArguments(), "--json"]);
    expect(JSON.parse(out)).toMatchObject({ winner: "c1", order: ["c1", "c2"], sandbox: "bubblewrap" });
    expect(code).toBe(0);
  });
});

it("--help tells the options and exit codes, and ends with 0", async () => {
  const { code, out } = await run(["choose", "--help"]);
  for (const part of [
    "--repo",
    "--base",
    "--candidates",
    "--tests",
    "--timeout",
    "--json",
    "3 nobody passed",
    "64 wrong usage",
  ])
    expect(out).toContain(part);
  expect(code).toBe(0);
});

it.each([
  [["choose"], "required option '--repo <directory>'"],
  [["choose", "--repo", "work", "--candidates", "candidates", "--nonsense"], "unknown option '--nonsense'"],
  [["choose", "--repo", "nowhere", "--candidates", "candidates"], '--repo "nowhere": there is no such directory'],
])("%j ends with 64", async (args, message) => {
  const { code, err } = await run(args);
  expect(err).toContain(message);
  expect(code).toBe(64);
});
