/** The columns of the check matrix, in the order in which people read them (COUNCIL.md, step 4). */
export const checkColumns = [
  { name: "applies", title: "applies" },
  { name: "builds", title: "builds" },
  { name: "lint", title: "lint and types" },
  { name: "regressions", title: "regressions" },
  { name: "acceptance", title: "acceptance tests" },
  { name: "policy", title: "policy" },
  { name: "size", title: "size" },
] as const;

export type CheckColumn = (typeof checkColumns)[number]["name"];

export type Verdict = "pass" | "fail" | "not-run";

/** One cell: what came out, why in one or two lines, and how long it took (ms). */
export type CheckCell = { readonly verdict: Verdict; readonly reason: string; readonly ms: number };

/** One row of the matrix: a candidate against every column. */
export type CheckRow = Readonly<Record<CheckColumn, CheckCell>>;

/** One test as its runner reported it. `name` holds file and suites, so that it is unique within a run. */
export type TestResult = {
  readonly name: string;
  readonly verdict: "pass" | "fail" | "skipped";
  /** The failure's first useful line; null when it passed. */
  readonly reason: string | null;
};
