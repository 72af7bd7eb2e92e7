import { z } from "zod";
import { matchesAny } from "../policy/path-kinds.ts";

/** What decides which tests a runner takes and what is loaded before them, and nothing else. */
const setupFiles = [
  "**/{vitest,jest,karma,ava,playwright,cypress}.config.*",
  "**/vitest.workspace.*",
  "**/{vitest,jest}.setup.*",
  "**/.mocharc{,.*}",
  "**/{pytest.ini,tox.ini,noxfile.py}",
  "**/.config/nextest.toml",
  "**/{Makefile,makefile,GNUmakefile}",
];

/** What a test command may start where nobody can see which tests it ran: its exit status is all that there is. */
const startedFiles = [
  "**/*.{sh,bash}",
  "**/{test,tests,check,checks,verify,ci,run}{,.*}",
  "**/{test,check,verify}{-,_}*",
  "**/*{-,_}{test,tests,check,checks}{,.*}",
];

/** Whether a file says how tests are run, and no more. */
export function isTestSetup(path: string): boolean {
  return matchesAny(setupFiles, path);
}

/** Whether a file looks like a script that a test command starts. */
export function isTestScript(path: string): boolean {
  return matchesAny(startedFiles, path);
}

const packageJson = z.looseObject({ scripts: z.record(z.string(), z.unknown()).catch({}).default({}) });

/** Keys of a package.json that configure a test runner. */
const runnerKeys = ["jest", "mocha", "ava", "tap", "vitest", "nyc", "c8"];

/**
 * A package.json as a change leaves it, with how the tests are run as it was before: its scripts, and the runners' own
 * keys. Null where that is no other; the text before where one of the two cannot be read.
 */
export function withTestSetupOf(before: string, after: string): string | null {
  const [old, now] = [packageJson.safeParse(json(before)).data, packageJson.safeParse(json(after)).data];
  if (old === undefined || now === undefined) return before;
  // npm runs what is called before and after a script by itself.
  const added = Object.entries(now.scripts).filter(([name]) => !/^(?:pre|post)/.test(name) || name in old.scripts);
  const merged: Record<string, unknown> = { ...now, scripts: { ...Object.fromEntries(added), ...old.scripts } };
  for (const key of runnerKeys) {
    if (key in old) merged[key] = old[key];
    else delete merged[key];
  }
  return sorted(merged) === sorted(now) ? null : JSON.stringify(merged, null, 2);
}

/** The same text for the same content, in whatever order its keys stand. */
function sorted(value: object): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
