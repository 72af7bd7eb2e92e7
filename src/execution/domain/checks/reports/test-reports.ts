import { z } from "zod";
import type { TestResult } from "../../check-matrix.ts";
import type { TestRunner } from "../checks.ts";
import { cleanText } from "../failure-lines.ts";
import { fromCargo } from "./cargo-report.ts";
import { fromGo } from "./go-report.ts";
import { fromJUnit } from "./junit-report.ts";
import { fromTap } from "./tap-report.ts";
import { named, shortFile } from "./test-names.ts";
import { fromUnittest } from "./unittest-report.ts";

/** One line of our own reporter for `node --test`. */
const nodeEvent = z.object({
  type: z.enum(["start", "pass", "fail", "stderr"]),
  name: z.string().catch(""),
  nesting: z.int().catch(0),
  file: z.string().catch(""),
  suite: z.boolean().catch(false),
  skipped: z.boolean().catch(false),
  /** The failure only says that a test below failed. */
  below: z.boolean().catch(false),
  message: z.string().catch(""),
});

const jestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string().catch(""),
      message: z.string().catch(""),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

const mochaTest = z.object({
  fullTitle: z.string(),
  file: z.string().nullish(),
  err: z.object({ message: z.string().catch("") }).catch({ message: "" }),
});
const mochaReport = z.object({ passes: z.array(mochaTest), failures: z.array(mochaTest), pending: z.array(mochaTest) });

/** More tests than this are not kept one by one. */
const maxTests = 5_000;

/**
 * Reads a runner's report. `root` is the work tree's path as the runner saw it; file names become relative to it. Null
 * when the text is no such report: the runner did not come that far.
 */
export function readTestReport(runner: TestRunner, text: string, root: string): readonly TestResult[] | null {
  const tests = readers[runner](text, root);
  return tests === null ? null : unique(tests.slice(0, maxTests));
}

/** Reads what a command of no known runner left: a JUnit file that it was asked for, TAP or `cargo test` in its output. */
export function recognizeReport(report: string, output: string, root: string): readonly TestResult[] | null {
  const tests = fromJUnit(report, root) ?? fromTap(output) ?? fromCargo(output);
  return tests === null || tests.length === 0 ? null : unique(tests.slice(0, maxTests));
}

const readers: Readonly<Record<TestRunner, (text: string, root: string) => TestResult[] | null>> = {
  "node-test": fromNode,
  vitest: fromJest,
  jest: fromJest,
  mocha: fromMocha,
  ava: fromTap,
  pytest: fromJUnit,
  unittest: fromUnittest,
  go: fromGo,
  cargo: fromCargo,
  maven: fromJUnit,
  gradle: fromJUnit,
  ctest: fromJUnit,
};

function fromNode(text: string, root: string): TestResult[] | null {
  const tests: TestResult[] = [];
  const names = new Map<string, string[]>();
  const errors = new Map<string, string>();
  for (const line of text.split("\n")) {
    const event = nodeEvent.safeParse(json(line)).data;
    if (event === undefined) continue;
    const { type, name, nesting, file, message } = event;
    const stack = names.get(file) ?? [];
    names.set(file, stack);
    if (type === "start") stack.splice(nesting, Number.POSITIVE_INFINITY, name);
    if (type === "stderr") errors.set(file, `${errors.get(file) ?? ""}${message}`.slice(0, 8_000));
    if (type !== "pass" && type !== "fail") continue;
    if (event.below || (event.suite && type === "pass")) continue;
    const whole = name === file;
    const full = named([shortFile(file, root), ...(whole ? [] : [...stack.slice(0, nesting), name])]);
    const reason = type === "pass" ? null : cleanText((whole && thrown(errors.get(file) ?? "")) || message);
    tests.push({ name: full, verdict: event.skipped ? "skipped" : type, reason });
  }
  return tests.length === 0 && names.size === 0 ? null : tests;
}

/** The line of a file's own error output that names what was thrown; empty when there is none. */
function thrown(output: string): string {
  return /^\w*(?:Error|Exception)\b.*$/m.exec(cleanText(output, 8_000))?.[0] ?? "";
}

function fromMocha(text: string, root: string): TestResult[] | null {
  const report = mochaReport.safeParse(json(text)).data;
  if (report === undefined) return null;
  const of = (list: typeof report.passes, verdict: TestResult["verdict"]) =>
    list.map(({ fullTitle, file, err }) => ({
      name: named([shortFile(file ?? "", root), fullTitle]),
      verdict,
      reason: verdict === "fail" ? cleanText(err.message) : null,
    }));
  return [...of(report.passes, "pass"), ...of(report.failures, "fail"), ...of(report.pending, "skipped")];
}

function fromJest(text: string, root: string): TestResult[] | null {
  const report = jestReport.safeParse(json(text)).data;
  if (report === undefined) return null;
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = shortFile(name, root);
    const tests = assertionResults.map((test): TestResult => {
      const verdict = test.status === "passed" ? "pass" : test.status === "failed" ? "fail" : "skipped";
      const reason = verdict === "fail" ? cleanText(firstPart(test.failureMessages?.[0] ?? "")) : null;
      return { name: named([file, test.fullName]), verdict, reason };
    });
    const broken = status === "failed" && !tests.some(({ verdict }) => verdict === "fail");
    return broken ? [...tests, { name: file, verdict: "fail" as const, reason: cleanText(firstPart(message)) }] : tests;
  });
}

/** A failure message without its stack. */
function firstPart(message: string): string {
  return message.split(/\n\s+at /)[0] ?? "";
}

/** Two tests of one name are told apart by a number, in their order. */
function unique(tests: readonly TestResult[]): readonly TestResult[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const count = (seen.get(test.name) ?? 0) + 1;
    seen.set(test.name, count);
    return count === 1 ? test : { ...test, name: `${test.name} (${count})` };
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
