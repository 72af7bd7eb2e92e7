import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commands } from "../src/github/commands/command-table.ts";
import { parseConfiguration } from "../src/github/configuration/parse-configuration.ts";
import { describeEnvironment } from "../src/platform/config/environment.ts";
import { processParts } from "../src/wiring/process-parts.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const manifest: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

test("the table of the environment is the code's", () => {
  const [, table] = /<!-- environment:begin[^>]*-->\n([\s\S]*?)\n?<!-- environment:end -->/.exec(readme) ?? [];
  const rows = describeEnvironment().map((row) => `| \`${row.name}\` | ${row.meaning} | ${row.default} |`);
  expect(table).toBe(["| name | meaning | default |", "|---|---|---|", ...rows].join("\n"));
});

test("every command that the README shows exists", () => {
  const scripts = [...readme.matchAll(/npm (?:run )?(demo|test|start|bench)/g)].map(([, name]) => name ?? "");
  expect(scripts.length).toBeGreaterThan(5);
  for (const name of scripts) expect(manifest.scripts).toHaveProperty(name);
});

test("the slash commands are the table's, in its order", () => {
  const [paragraph] = /^Commands, [\s\S]*?\n\n/m.exec(readme) ?? [];
  const named = [...(paragraph ?? "").matchAll(/`\/([\w-]+)/g)].map(([, name]) => name);
  expect(named).toEqual(commands.map(({ name }) => name));
});

test("the example of fleet.yml is valid", () => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(parseConfiguration(example ?? "")).toMatchObject({ ok: true });
});

test("the process parts are the code's", () => {
  for (const part of processParts) expect(readme).toContain(part);
});

test("the context that the README asks for is given", () => {
  const [command = ""] = /^node dist\/src\/cli\/fleet\.js context .*$/m.exec(readme) ?? [];
  const shown = execFileSync("sh", ["-c", command], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  expect(shown).toContain("src/context/domain/clean-text.ts");
  expect(shown).toMatch(/\d+ of 1500 tokens/);
});
