import { z } from "zod";

/** The columns of the check matrix, in the order in which they are run and shown (COUNCIL.md step 4). */
export const checkNames = [
  "applies",
  "builds",
  "lint",
  "dry-run",
  "regressions",
  "acceptance",
  "policy",
  "size",
] as const;

export type CheckName = (typeof checkNames)[number];

/**
 * - `passed`, `failed`: it ran.
 * - `skipped`: there is nothing to run (the repository has no linter, no acceptance test was kept); it stands in nobody's way.
 * - `not-run`: it should have run and could not (no sandbox, an earlier check failed, the deadline); nobody wins with it.
 */
export const checkStatuses = ["passed", "failed", "skipped", "not-run"] as const;

export type CheckStatus = (typeof checkStatuses)[number];

/** One cell of the matrix: candidate × check. Texts are bounded, so that the whole matrix fits one graph property. */
export const checkResultSchema = z.object({
  name: z.enum(checkNames),
  status: z.enum(checkStatuses),
  /** One sentence for a table cell, e.g. "2 of 3 acceptance tests pass". */
  summary: z.string().max(400),
  /** The end of the command's output, or the findings one per line; at most 4,000 characters. */
  detail: z.string().max(4_000),
  /** Names of the failing tests, or the findings; at most 50. */
  failing: z.array(z.string().max(300)).max(50),
  /** Tests that passed, of how many; null where no tests are counted. */
  passed: z.int().min(0).nullable(),
  total: z.int().min(0).nullable(),
  /** What these count where it is no tests: the criteria that a candidate's own tests cover (`newTestsCell`). */
  counts: z.literal("criteria").exactOptional(),
  /** Of regressions: how many tests pass that fail without the change, each time they are run; absent for none. */
  fixed: z.int().min(1).exactOptional(),
  /** Wall time in milliseconds. */
  ms: z.number().min(0),
});

export type CheckResult = z.infer<typeof checkResultSchema>;

/** Names as a cell keeps them: as many and as long as its schema takes. */
export function failingNames(names: readonly string[]): string[] {
  return names.slice(0, 50).map((name) => name.slice(0, 300));
}

/** A cell without output: for what was skipped, not run, or decided without a command. */
export function plainCheck(name: CheckName, status: CheckStatus, summary: string): CheckResult {
  return {
    name,
    status,
    summary: summary.slice(0, 400),
    detail: "",
    failing: [],
    passed: null,
    total: null,
    ms: 0,
  };
}
