/** One test as the repository's runner reported it; `file` is null where it does not say. */
export type Verdict = {
  readonly name: string;
  readonly file: string | null;
  readonly verdict: "pass" | "fail" | "skipped";
  readonly reason: string | null;
};

/** Stands among the results of a run that a limit ended for all that did not come to its turn. */
export const cutShortTest = "the test run";

/** Which results belong to a test file: by the runner's word, else by the name that holds the path. */
export function resultsOf(tests: readonly Verdict[], path: string): readonly Verdict[] {
  return tests.filter(({ file, name }) =>
    file === null ? name.includes(path) : file === path || file.endsWith(`/${path}`),
  );
}

/** The tests of a run without those of the acceptance files, which are counted in a column of their own. */
export function withoutAcceptance<T extends Verdict>(tests: readonly T[], paths: readonly string[]): readonly T[] {
  return tests.filter((test) => !paths.some((path) => resultsOf([test], path).length > 0));
}

/**
 * What a candidate broke: tests that fail and did not fail before any change, and tests that passed at the start and are
 * gone or skipped now. Tests that do not exist at the start and pass or fail are the candidate's own: a failing one counts.
 */
export function regressions(
  before: { readonly failing: readonly string[]; readonly passing: readonly string[] },
  after: readonly Verdict[],
): readonly string[] {
  const known = new Set(before.failing);
  const present = new Set(after.map(({ name }) => name));
  const broken = after.filter(({ verdict, name }) => verdict === "fail" && !known.has(name)).map(({ name }) => name);
  const gone = before.passing.filter((name) => !present.has(name)).map((name) => `${name} (is gone)`);
  const passed = new Set(before.passing);
  const skipped = after
    .filter(({ verdict, name }) => verdict === "skipped" && passed.has(name))
    .map(({ name }) => `${name} (is skipped)`);
  return [...broken, ...gone, ...skipped];
}

/** The names of the tests that passed. */
export function passingNames(tests: readonly Verdict[]): ReadonlySet<string> {
  return new Set(tests.filter(({ verdict }) => verdict === "pass").map(({ name }) => name));
}

/**
 * Whether a failure is an assertion's and not a broken test: a test that fails on every candidate for another reason
 * than an assertion tells nobody apart (COUNCIL.md step 3).
 */
export function isAssertion(reason: string | null): boolean {
  return (
    reason !== null &&
    /assert|expect|equal|ERR_ASSERTION|should|must|toBe|[!=]=|deep|\b(?:got|want)\b|did not raise/i.test(reason) &&
    !notAssertion.test(reason)
  );
}

const notAssertion =
  /SyntaxError|ReferenceError|Cannot find module|ERR_MODULE_NOT_FOUND|does not provide an export|ImportError|ModuleNotFoundError|IndentationError|NameError/i;
