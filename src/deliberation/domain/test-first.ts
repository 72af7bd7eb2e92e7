import type { TaskType } from "../../kernel/states.ts";
import { writersOf } from "../../kernel/test-first.ts";
import { type CheckResult, failingNames, plainCheck } from "./check-result.ts";
import { isAssertion, type Verdict } from "./test-verdicts.ts";

/** The criteria of a task that writes tests, and what is known of the code that they ask for. */
export type TestedCriteria = {
  readonly covers: readonly number[];
  /** Other tasks of the story have yet to write their code: tests of them must fail on the base. */
  readonly missing: readonly number[];
  /** Other tasks have written their code, and it is merged: tests of them must pass. */
  readonly there: readonly number[];
};

/** What other tasks of the story, by type, say of the code of the criteria that a task's tests cover. */
export function codeOf(
  covers: readonly number[],
  others: readonly { readonly type: TaskType; readonly covers: readonly number[]; readonly merged: boolean }[],
): { readonly missing: readonly number[]; readonly there: readonly number[] } {
  const writing = writersOf(covers, others);
  const of = (number: number) => writing.filter((task) => task.covers.includes(number));
  return {
    missing: covers.filter((number) => of(number).some(({ merged }) => !merged)),
    there: covers.filter((number) => of(number).length > 0 && of(number).every(({ merged }) => merged)),
  };
}

/** A test that a candidate adds, on the base and on the candidate. */
export type AddedTest = {
  /** Null where it did not run on the base. */
  readonly onBase: Verdict | null;
  readonly onCandidate: Verdict;
};

/** `asserts`: it fails on the base by an assertion. `unsound`: it is no test; the reason says why. */
type JudgedTest = {
  readonly name: string;
  readonly criteria: readonly number[];
  readonly kind: "asserts" | "passes" | "skipped" | "unsound";
  readonly reason: string;
};

/**
 * The acceptance cell of a candidate that consists of tests (COUNCIL.md step 3, for tasks of type `test`).
 *
 * A new test is sound when it fails on the base by an assertion, which is what a test of code does that is not there yet, or
 * when it passes. It is not when it fails in another way (an import, a syntax error: it is the test that is broken), when
 * the code of its criteria is merged and it fails all the same, or when it passes and fails on the same code. A candidate
 * is valid when all of its new tests are sound and they cover a criterion. A test covers the criteria that its name or its
 * file names; where their code has yet to be written, only by failing. Of valid candidates those that cover most go on
 * (`select`). So nobody loses by tests that fail as they must.
 *
 * `sameCode`: the candidate changes nothing but tests, so both runs were of the same code.
 */
export function newTestsCell(
  added: readonly AddedTest[],
  criteria: TestedCriteria,
  sameCode: boolean,
  run: { readonly output: string; readonly ms: number },
): CheckResult {
  const tests = added.map((test) => judgeTest(test, criteria, sameCode));
  const covered = criteria.covers.filter((number) => tests.some((test) => coversCriterion(test, number, criteria)));
  const unsound = tests.filter(({ kind }) => kind === "unsound");
  const fine = unsound.length === 0 && tests.length > 0 && (covered.length > 0 || criteria.covers.length === 0);
  const lines = tests.map(({ kind, name, reason }) => `${told[kind]}: ${name}${reason === "" ? "" : ` (${reason})`}`);
  return {
    ...plainCheck("acceptance", fine ? "passed" : "failed", summaryOf(tests, covered, criteria)),
    detail: (unsound.length === 0 ? lines : [...lines, "", run.output]).join("\n").slice(0, 4_000),
    failing: failingNames(unsound.map(({ name, reason }) => `${name}: ${reason}`)),
    passed: covered.length,
    total: criteria.covers.length,
    counts: "criteria",
    ms: run.ms,
  };
}

const told = {
  asserts: "fails on the base, as it must",
  passes: "passes",
  skipped: "skipped",
  unsound: "not sound",
} as const satisfies Record<JudgedTest["kind"], string>;

function judgeTest({ onBase, onCandidate }: AddedTest, { there }: TestedCriteria, sameCode: boolean): JudgedTest {
  const { name } = onCandidate;
  const criteria = criteriaNamed(onCandidate);
  const as = (kind: JudgedTest["kind"], reason = ""): JudgedTest => ({ name, criteria, kind, reason: oneLine(reason) });
  if (onBase === null) return as("unsound", "it does not run on the base");
  if (onBase.verdict === "skipped" || onCandidate.verdict === "skipped") return as("skipped");
  if (sameCode && onBase.verdict !== onCandidate.verdict) return as("unsound", "it passes and fails on the same code");
  if (onBase.verdict === "pass")
    return onCandidate.verdict === "pass"
      ? as("passes")
      : as("unsound", "it passes without the change and fails with it");
  if (!isAssertion(onBase.reason))
    return as("unsound", `it fails on the base by no assertion: ${onBase.reason ?? "no reason is told"}`);
  if (criteria.length > 0 && criteria.every((number) => there.includes(number)))
    return as("unsound", `it fails, and the code of criterion ${criteria.join(", ")} is there: ${onBase.reason ?? ""}`);
  return as("asserts");
}

/** The criteria that a test names in its name or its file's: "criterion 2", `story-12-criterion-2.test.js`. */
function criteriaNamed({ name, file }: Verdict): readonly number[] {
  const found = [...`${file ?? ""} ${name}`.matchAll(/criteri(?:on|a)[-_ #]*(\d{1,3})/gi)];
  return [...new Set(found.map((match) => Number(match[1])))];
}

function coversCriterion({ kind, criteria }: JudgedTest, number: number, { missing }: TestedCriteria): boolean {
  return criteria.includes(number) && (kind === "asserts" || (kind === "passes" && !missing.includes(number)));
}

function summaryOf(tests: readonly JudgedTest[], covered: readonly number[], { covers }: TestedCriteria): string {
  if (tests.length === 0) return "It adds no test that runs";
  const count = (kind: JudgedTest["kind"]): number => tests.filter((test) => test.kind === kind).length;
  const all = `${tests.length} new ${tests.length === 1 ? "test" : "tests"}`;
  const unsound = count("unsound");
  if (unsound > 0) return `${unsound} of ${all} ${unsound === 1 ? "is" : "are"} not sound`;
  const [fail, pass, skipped] = [count("asserts"), count("passes"), count("skipped")];
  const parts = [
    fail === 0 ? "" : `${fail} ${fail === 1 ? "fails on the base, as it must" : "fail on the base, as they must"}`,
    pass === 0 ? "" : `${pass} ${pass === 1 ? "passes" : "pass"}`,
    skipped === 0 ? "" : `${skipped} ${skipped === 1 ? "is" : "are"} skipped`,
  ].filter((part) => part !== "");
  if (covers.length === 0) return `${all}: ${parts.join(", ")}`;
  const which =
    covered.length === 0
      ? `none of the criteria ${covers.join(", ")} (a test names its criterion, and fails where the code is not there yet)`
      : `${covered.length} of ${covers.length} criteria`;
  return `${all} ${tests.length === 1 ? "covers" : "cover"} ${which}: ${parts.join(", ")}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
