import { z } from "zod";
import type { TestResult } from "../../check-matrix.ts";
import { cleanText, failureLines } from "../failure-lines.ts";
import { named } from "./test-names.ts";

/** One line of `go test -json`. @see https://pkg.go.dev/cmd/test2json */
const event = z.object({
  Action: z.string(),
  Package: z.string().catch(""),
  ImportPath: z.string().catch(""),
  Test: z.string().catch(""),
  Output: z.string().catch(""),
});

/** Output that is kept of one test or package, in characters. */
const maxOutput = 8_000;

/**
 * Reads `go test -json`. A test with subtests counts by them; a package that fails without a failing test (it does not
 * build, or it panics outside of one) is a failing test of the package's name.
 */
export function fromGo(text: string): TestResult[] | null {
  const verdicts = new Map<string, { package: string; test: string; verdict: TestResult["verdict"] }>();
  const packages = new Map<string, string>();
  const outputs = new Map<string, string>();
  let events = 0;
  for (const line of text.split("\n")) {
    const read = event.safeParse(json(line)).data;
    if (read === undefined) continue;
    events += 1;
    const { Action: action, Package: path, Test: test } = read;
    const key = `${path || read.ImportPath.replace(/ \[.*\]$/, "")}\0${test}`;
    if (action === "output" || action === "build-output") {
      outputs.set(key, `${outputs.get(key) ?? ""}${read.Output}`.slice(0, maxOutput));
    } else if (action === "pass" || action === "fail" || action === "skip") {
      if (test === "") packages.set(path, action);
      else verdicts.set(key, { package: path, test, verdict: action === "skip" ? "skipped" : action });
    }
  }
  if (events === 0) return null;
  const all = [...verdicts.entries()];
  const below = (parent: { package: string; test: string }) =>
    all.filter(([, each]) => each.package === parent.package && each.test.startsWith(`${parent.test}/`));
  const tests = all
    .filter(([, each]) => {
      const subtests = below(each);
      if (subtests.length === 0) return true;
      return each.verdict === "fail" && !subtests.some(([, { verdict }]) => verdict === "fail");
    })
    .map(
      ([key, each]): TestResult => ({
        name: named([each.package, ...each.test.split("/")]),
        verdict: each.verdict,
        reason: each.verdict === "fail" ? reasonOf(outputs.get(key) ?? "") : null,
      }),
    );
  for (const [path, action] of packages) {
    if (action !== "fail" || all.some(([, each]) => each.package === path && each.verdict === "fail")) continue;
    tests.push({ name: named([path]), verdict: "fail", reason: reasonOf(outputs.get(`${path}\0`) ?? "") });
  }
  return tests;
}

/** The lines that name a place in a file: what a test said, or the compiler. */
function reasonOf(output: string): string {
  const lines = output.split("\n").filter((line) => /\.go:\d+/.test(line) && !/^\s*(?:\/|goroutine)/.test(line));
  const panicked = /^panic: .*$/m.exec(output)?.[0];
  return cleanText(
    panicked ??
      (lines
        .slice(0, 3)
        .map((line) => line.trim())
        .join("\n") ||
        failureLines(output)),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
