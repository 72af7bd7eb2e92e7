/** What one tool says of one file or directory that a candidate touches. */
export type DryRunResult = {
  readonly tool: string;
  /** A path of the repository. */
  readonly target: string;
  readonly verdict: "pass" | "fail" | "not-run";
  /** Why it failed in the tool's own words, or why it was not run; empty when it passed. Clean and short. */
  readonly reason: string;
};
