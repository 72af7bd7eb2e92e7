import { z } from "zod";
import type { Slice } from "../client/octokit.ts";
import { statusOf } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

export type MergeWanted = {
  readonly pullNumber: number;
  /** The head that was approved: GitHub refuses to merge any other. */
  readonly headSha: string;
  readonly method: "merge" | "squash" | "rebase";
};

export type MergeResult =
  | { readonly kind: "merged"; readonly sha: string }
  /** One sentence with GitHub's words. */
  | { readonly kind: "blocked"; readonly why: string };

/**
 * The pull request is merged at exactly this head. 405 (not mergeable: conflicts, required checks or reviews) and 409
 * (the head moved) are answers, not errors: they are explained, and tried again when something changes.
 */
export async function ensureMerged(on: On<Slice<"pulls", "get" | "merge">>, wanted: MergeWanted): Promise<MergeResult> {
  const where = { ...place(on), pull_number: wanted.pullNumber };
  const { data: pull } = await on.octokit.rest.pulls.get(where);
  if (pull.merged) return { kind: "merged", sha: pull.merge_commit_sha ?? pull.head.sha };
  if (pull.state === "closed") return { kind: "blocked", why: "The pull request is closed." };
  if (pull.draft === true) return { kind: "blocked", why: "The pull request is a draft." };
  await on.beforeWrite("content");
  try {
    const { data } = await on.octokit.rest.pulls.merge({ ...where, sha: wanted.headSha, merge_method: wanted.method });
    return { kind: "merged", sha: data.sha };
  } catch (error) {
    const status = statusOf(error);
    if (status === 405) return { kind: "blocked", why: `GitHub does not merge it: ${messageOf(error)}` };
    if (status === 409) return { kind: "blocked", why: "Its head moved while it was being merged." };
    throw error;
  }
}

const failure = z.object({ response: z.object({ data: z.object({ message: z.string().max(500) }) }) });

function messageOf(error: unknown): string {
  const parsed = failure.safeParse(error);
  return parsed.success ? parsed.data.response.data.message : "it gives no reason";
}
