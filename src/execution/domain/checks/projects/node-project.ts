import { z } from "zod";
import type { Checks, TestRunner } from "../checks.ts";
import { hasFile, type ProjectFacts, type ProjectKind, plain, textOf } from "./project-kind.ts";

const packageJson = z
  .object({ scripts: z.record(z.string(), z.string()).catch({}), workspaces: z.unknown().optional() })
  .catch({ scripts: {} });

/**
 * npm, pnpm and yarn projects. Scripts are run by `npm run` for all of them: it needs no installation of its own, and a
 * script that calls its package manager finds it or says that it is missing. Plug'n'Play needs yarn itself.
 */
export const nodeProject: ProjectKind = {
  name: "node",
  marker: /^package\.json$/,
  reads: ["package.json"],
  checks: nodeChecks,
  coversNested(facts) {
    const { workspaces, scripts } = read(facts);
    const declares =
      workspaces !== undefined || hasFile(facts, /^(?:pnpm-workspace\.yaml|lerna\.json|nx\.json|turbo\.json)$/);
    return declares && hasTestScript(scripts);
  },
  testsBuild(facts) {
    const { pretest = "", test = "" } = read(facts).scripts;
    return /\bbuild\b/.test(`${pretest} ${test}`);
  },
};

/** The runner that a command line starts as its last or only command; null when there is none that we can ask. */
export function runnerOf(line: string): TestRunner | null {
  const last = line.split(/&&|;|\|\|?/).at(-1) ?? "";
  if (/\bnode\b(?=.*\s--test\b)/.test(line)) return "node-test";
  if (/\|/.test(line)) return null;
  return (
    (["vitest", "jest", "mocha", "ava"] as const).find((name) =>
      new RegExp(`(?:^|[\\s/])${name}(?:\\s|$)`).test(last),
    ) ?? null
  );
}

function nodeChecks(facts: ProjectFacts): Checks {
  const { scripts } = read(facts);
  const run = hasFile(facts, /^\.pnp\.[cm]?js$/) ? "yarn run" : "npm run --silent";
  const build = scripts["build"] === undefined ? {} : { build: plain(`${run} build`) };
  const names = ["lint", "typecheck", "type-check"].filter((name) => scripts[name] !== undefined);
  const lint = names.length === 0 ? {} : { lint: plain(names.map((name) => `${run} ${name}`).join(" && ")) };
  if (hasTestScript(scripts)) {
    return { ...build, ...lint, test: { command: `${run} test`, runner: runnerOf(scripts["test"] ?? "") } };
  }
  const hasTests = hasFile(facts, /(?:^|[/._-])test\.[cm]?js$|(?:^|\/)test\/.*\.[cm]?js$/);
  return { ...build, ...lint, ...(hasTests ? { test: { command: "node --test", runner: "node-test" as const } } : {}) };
}

function hasTestScript(scripts: Readonly<Record<string, string>>): boolean {
  return scripts["test"] !== undefined && !/no test specified/.test(scripts["test"]);
}

function read(facts: ProjectFacts): z.infer<typeof packageJson> {
  try {
    return packageJson.parse(JSON.parse(textOf(facts, "package.json")));
  } catch {
    // A package.json that is no JSON has no scripts; npm will say so itself where it is asked.
    return { scripts: {} };
  }
}
