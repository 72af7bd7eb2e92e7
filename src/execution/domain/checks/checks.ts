import type { TestResult } from "../check-matrix.ts";

/** Test runners whose results are read test by test. */
export const testRunners = [
  "node-test",
  "vitest",
  "jest",
  "mocha",
  "ava",
  "pytest",
  "unittest",
  "go",
  "cargo",
  "maven",
  "gradle",
  "ctest",
] as const;

export type TestRunner = (typeof testRunners)[number];

/**
 * A command line for `sh -c`, and the runner whose report it can write. Null: its exit status is all there is, unless
 * what it prints is a report that is known by its form (TAP, `cargo test`).
 */
export type CheckCommand = { readonly command: string; readonly runner: TestRunner | null };

export const checkNames = ["install", "build", "lint", "test"] as const;

export type CheckName = (typeof checkNames)[number];

/** What is run on a candidate. A name that is missing is not checked. */
export type Checks = { readonly [name in CheckName]?: CheckCommand };

/** `checks` of the repository's fleet.yml (PRODUCT.md): command lines that replace what is detected. */
export type CheckConfiguration = { readonly [name in CheckName]?: string };

/** What came of one check. */
export type CheckResult = {
  readonly name: CheckName;
  readonly verdict: "pass" | "fail" | "not-run";
  /** The first useful failing lines, clean and short; empty when it passed. */
  readonly reason: string;
  readonly wallMs: number;
  /** True when a limit ended the command: what it reported is not all there was to report. */
  readonly cutShort?: boolean;
  /** True when that limit was the clock's. */
  readonly late?: boolean;
  /** True when the runner told no single tests. */
  readonly untold?: boolean;
  /** For `test`: every test by name, or one named after the command where the runner tells no more. */
  readonly tests?: readonly TestResult[];
};
