import { z } from "zod";
import { type FailingCheck, failingCheck } from "../../kernel/failing-check.ts";
import { type CheckName, type CheckResult, checkResultSchema } from "./check-result.ts";

/** A file as it stands after the change. Symlinks and submodules have no place here: policy refuses them. */
export const fileChangeSchema = z.object({
  /** Relative to the repository's root, with `/`. */
  path: z.string().min(1),
  mode: z.enum(["100644", "100755"]),
  /** Base64 of the bytes; null when the file is deleted. */
  content: z.base64().nullable(),
});

export type FileChange = z.infer<typeof fileChangeSchema>;

/** One proposal of one member, with everything that the checks said about it. */
export const candidateSchema = z.object({
  /** `c1`, `c2`, …; a revision of c1 is `c1r`. Unique within the deliberation. */
  id: z.string(),
  member: z.int().min(1),
  model: z.string(),
  temperature: z.number(),
  /** The candidate that this one revises; the unrevised one stays in the pool (COUNCIL.md step 5). */
  revises: z.string().nullable(),
  /** What the member says it did: its own words, untrusted, at most 1,000 characters. */
  summary: z.string().max(1_000),
  /** Against `startSha`; the winner's also hold the kept acceptance tests. Empty for a candidate that does not apply. */
  changes: z.array(fileChangeSchema),
  /** Git tree of the candidate in its worktree, before the acceptance tests are added; null when nothing applied. */
  treeHash: z.string().nullable(),
  /** Unified diff for people, cut at 60,000 characters. */
  diff: z.string().max(60_100),
  /** Added plus removed lines; the last criterion of selection. */
  diffLines: z.int().min(0),
  checks: z.array(checkResultSchema),
  /** Hash over test name → result: candidates with the same one behave alike; null when no test ran. */
  behaviour: z.string().nullable(),
  /** 1 for the best; every candidate has one, also when nobody passed. */
  rank: z.int().min(1),
  /** The step of selection at which it lost; null for the winner. */
  lostAt: z.string().nullable(),
  /** One sentence: why it lost, or why it won. */
  why: z.string(),
  tokens: z.object({ in: z.int().min(0), out: z.int().min(0) }),
});

export type Candidate = z.infer<typeof candidateSchema>;

/** The cell of one check, if the candidate has it. */
export function checkOf(candidate: { readonly checks: readonly CheckResult[] }, name: CheckName): CheckResult | null {
  return candidate.checks.find((check) => check.name === name) ?? null;
}

/** How many tests pass with it that fail without it. */
export function fixedBy(candidate: { readonly checks: readonly CheckResult[] }): number {
  return checkOf(candidate, "regressions")?.fixed ?? 0;
}

/** What failed on a candidate (`proposal`: the id of its node), as it is told to whoever works on the task next. */
export function failingOf(proposal: string, { checks }: Pick<Candidate, "checks">): readonly FailingCheck[] {
  const failed = checks.filter(({ status }) => status === "failed");
  return failed.map(({ name, failing, summary, detail }) =>
    failingCheck("council", proposal, { name, tests: failing, summary, output: detail }),
  );
}
