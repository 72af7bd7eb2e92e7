/** One test as its runner reported it. `name` holds file and suites, so that it is unique within a run. */
export type TestResult = {
  readonly name: string;
  readonly verdict: "pass" | "fail" | "skipped";
  /** The failure's first useful line; null when it passed. */
  readonly reason: string | null;
};
