import { z } from "zod";
import type { Slice } from "../client/octokit.ts";
import { isLacking, statusOf } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

export type MergeWanted = {
  readonly pullNumber: number;
  /** The head that was approved: GitHub refuses to merge any other. */
  readonly headSha: string;
  readonly method: "merge" | "squash" | "rebase";
};

export type MergeResult =
  | { readonly kind: "merged"; readonly sha: string }
  /** One sentence with GitHub's words. `passing`: nothing but time is needed, so nobody will tell when it is over. */
  | { readonly kind: "blocked"; readonly why: string; readonly passing: boolean };

/** What GitHub answers instead of merging; everything else is an error. */
const refusals: readonly (number | null)[] = [403, 404, 405, 409, 422];

/**
 * The pull request is merged at exactly this head. 405 (not mergeable: conflicts, required checks or reviews), 409 (the
 * head moved) and a missing permission are answers, not errors: they are explained, and tried again when something
 * changes. GitHub also answers 405 while it still works out whether the pull request can be merged and right after
 * another merge ("Base branch was modified"): that passes by itself.
 */
export async function ensureMerged(on: On<Slice<"pulls", "get" | "merge">>, wanted: MergeWanted): Promise<MergeResult> {
  const where = { ...place(on), pull_number: wanted.pullNumber };
  const { data: pull } = await on.octokit.rest.pulls.get(where);
  // Merged anywhere else it would count as done, and nobody would find it.
  const base = baseOf(pull);
  if (base !== null && base.ref !== base.wanted)
    return blocked(`It ${pull.merged ? "was merged" : "would be merged"} into ${base.ref}, not into ${base.wanted}.`);
  if (pull.merged) return { kind: "merged", sha: pull.merge_commit_sha ?? pull.head.sha };
  if (pull.state === "closed") return blocked("The pull request is closed.");
  if (pull.draft === true) return blocked("The pull request is a draft.");
  await on.beforeWrite("content");
  try {
    const { data } = await on.octokit.rest.pulls.merge({ ...where, sha: wanted.headSha, merge_method: wanted.method });
    return { kind: "merged", sha: data.sha };
  } catch (error) {
    const status = statusOf(error);
    if (!refusals.includes(status) || isRateLimit(error)) throw error;
    const { data: now } = await on.octokit.rest.pulls.get(where);
    // The answer to an earlier attempt was lost on its way.
    if (now.merged) return { kind: "merged", sha: now.merge_commit_sha ?? now.head.sha };
    const sameHead = now.head.sha === wanted.headSha;
    if (status === 409 && !sameHead) return blocked("Its head moved while it was being merged.");
    const undecided = now.mergeable !== false && !settled.includes(now.mergeable_state);
    return blocked(`GitHub does not merge it: ${messageOf(error)}`, passes.includes(status) && sameHead && undecided);
  }
}

const withBase = z.object({
  base: z.object({ ref: z.string(), repo: z.object({ default_branch: z.string() }) }),
});

/** Where a pull request goes and where it should go; null where a server does not tell. */
export function baseOf(pull: unknown): { readonly ref: string; readonly wanted: string } | null {
  const parsed = withBase.safeParse(pull);
  if (!parsed.success) return null;
  const { ref, repo } = parsed.data.base;
  return { ref, wanted: repo.default_branch };
}

/** Statuses that may be about the moment only. */
const passes: readonly (number | null)[] = [405, 409];

/** States in which a pull request stays unmerged until somebody does something. */
const settled: readonly string[] = ["blocked", "dirty", "behind", "draft"];

function blocked(why: string, passing = false): MergeResult {
  return { kind: "blocked", why, passing };
}

function isRateLimit(error: unknown): boolean {
  return statusOf(error) === 403 && !isLacking(error);
}

const failure = z.object({ response: z.object({ data: z.object({ message: z.string().max(500) }) }) });

function messageOf(error: unknown): string {
  const parsed = failure.safeParse(error);
  return parsed.success ? parsed.data.response.data.message : "it gives no reason";
}
