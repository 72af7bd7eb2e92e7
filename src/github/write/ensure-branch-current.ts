import { z } from "zod";
import type { Slice } from "../client/octokit.ts";
import { statusOf } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

export type BranchResult =
  | { readonly kind: "current" }
  /** GitHub's words, which name the reason: a conflict, or a branch that may not be written. */
  | { readonly kind: "blocked"; readonly why: string };

const failure = z.object({ response: z.object({ data: z.object({ message: z.string().max(500) }) }) });

/**
 * The pull request's branch holds everything of its base. GitHub merges the base into it, and answers 422 both for a
 * conflict and where there is nothing to merge; only its words tell them apart.
 * @see https://docs.github.com/rest/pulls/pulls#update-a-pull-request-branch
 */
export async function ensureBranchCurrent(
  on: On<Slice<"pulls", "updateBranch">>,
  pullNumber: number,
): Promise<BranchResult> {
  await on.beforeWrite("edit");
  try {
    await on.octokit.rest.pulls.updateBranch({ ...place(on), pull_number: pullNumber });
    return { kind: "current" };
  } catch (error) {
    const status = statusOf(error);
    if (status !== 422 && status !== 403) throw error;
    const parsed = failure.safeParse(error);
    const why = parsed.success ? parsed.data.response.data.message : "it gives no reason";
    return status === 422 && /no new commits/i.test(why) ? { kind: "current" } : { kind: "blocked", why };
  }
}
