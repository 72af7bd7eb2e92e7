import { z } from "zod";
import { type CheckCommand, type CheckConfiguration, type Checks, checkNames, type TestRunner } from "./checks.ts";

/** What is known of a project: the paths of its files, and the texts of those named in `factFiles` that exist. */
export type ProjectFacts = {
  readonly files: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
};

/** The files whose text decides. */
export const factFiles = [
  "package.json",
  "pyproject.toml",
  "requirements.txt",
  "requirements-dev.txt",
  "setup.cfg",
  "Makefile",
] as const;

const packageJson = z.object({ scripts: z.record(z.string(), z.string()).catch({}) }).catch({ scripts: {} });

/** The checks of a project: what its configuration says, else what its files tell. */
export function chooseChecks(facts: ProjectFacts, configuration: CheckConfiguration = {}): Checks {
  const checks: { -readonly [name in keyof Checks]: Checks[name] } = { ...detected(facts) };
  for (const name of checkNames) {
    const command = configuration[name];
    if (command !== undefined) checks[name] = { command, runner: name === "test" ? runnerOf(command) : null };
  }
  return checks;
}

/** The runner that a command line starts as its last or only command; null when there is none that we can ask. */
export function runnerOf(line: string): TestRunner | null {
  const last = line.split(/&&|;|\|\|?/).at(-1) ?? "";
  if (/\bnode\b(?=.*\s--test\b)/.test(line)) return "node-test";
  if (/\|/.test(line)) return null;
  return (
    (["vitest", "jest", "mocha"] as const).find((name) => new RegExp(`(?:^|[\\s/])${name}(?:\\s|$)`).test(last)) ?? null
  );
}

function detected(facts: ProjectFacts): Checks {
  const has = (pattern: RegExp) => facts.files.some((path) => pattern.test(path));
  if (has(/^package\.json$/)) return nodeChecks(facts);
  if (
    has(/^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements[\w-]*\.txt|pytest\.ini|tox\.ini)$/) ||
    has(/(?:^|\/)test_[^/]*\.py$/)
  ) {
    return { test: plain(usesPytest(facts) ? "python3 -m pytest -q" : "python3 -m unittest discover") };
  }
  if (has(/^go\.mod$/)) return { test: plain("go test ./...") };
  if (has(/^Cargo\.toml$/)) return { test: plain("cargo test --offline") };
  if (/^test\s*:/m.test(facts.texts["Makefile"] ?? "")) return { test: plain("make test") };
  if (has(/(?:^|[/.])test\.[cm]?js$/)) return { test: { command: "node --test", runner: "node-test" } };
  return {};
}

function plain(command: string): CheckCommand {
  return { command, runner: null };
}

function usesPytest(facts: ProjectFacts): boolean {
  return (
    facts.files.some((path) => /^pytest\.ini$|(?:^|\/)conftest\.py$/.test(path)) ||
    Object.values(facts.texts).some((text) => /\bpytest\b/.test(text))
  );
}

function nodeChecks(facts: ProjectFacts): Checks {
  const { scripts } = packageJson.parse(json(facts.texts["package.json"] ?? ""));
  const build = scripts["build"] === undefined ? {} : { build: plain("npm run --silent build") };
  const names = ["lint", "typecheck", "type-check"].filter((name) => scripts[name] !== undefined);
  const lint = names.length === 0 ? {} : { lint: plain(names.map((name) => `npm run --silent ${name}`).join(" && ")) };
  const script = scripts["test"];
  if (script !== undefined && !/no test specified/.test(script)) {
    return { ...build, ...lint, test: { command: "npm run --silent test", runner: runnerOf(script) } };
  }
  const hasTests = facts.files.some((path) => /(?:^|[/._-])test\.[cm]?js$|(?:^|\/)test\/.*\.[cm]?js$/.test(path));
  return { ...build, ...lint, ...(hasTests ? { test: { command: "node --test", runner: "node-test" as const } } : {}) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
