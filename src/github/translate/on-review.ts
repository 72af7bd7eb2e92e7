import { isBotOf, isOwn } from "../client/app-identity.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { repositoryOf, reviewPayload } from "./payloads.ts";
import { areChecksGreen, treeOf } from "./review-facts.ts";
import { conclude, outcomeOf } from "./trigger.ts";

/** The verdict of a review's state; a mere comment has none. */
const verdicts: Readonly<Record<string, "approve" | "reject">> = { approved: "approve", changes_requested: "reject" };

/** Reviews of a task's pull request are decisions, bound to the tree of the commit that was reviewed. */
export async function onReview(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = reviewPayload.parse(delivery.payload);
  const { review, pull_request: pull, sender } = payload;
  const ref = repositoryOf(payload);
  const verdict = verdicts[review.state.toLowerCase()];
  const reviewed = review.commit_id === undefined ? pull.head?.sha : review.commit_id;
  if (verdict === undefined || !reviewed) return;
  const app = await deps.identityOf(ref.installation);
  if (isOwn(review, app) || isBotOf(app, sender)) return;
  const task = (await deps.workflow.findTasks({ repository: ref.repository, pullRequest: pull.number })).at(-1);
  if (task === undefined) return;
  const octokit = await deps.octokitFor(ref.installation);
  // A server may send one review under two delivery ids; it decides once, also where its author could pass the next gate.
  const id = `review-${review.id}`;
  const decision = await deps.workflow.reviewTask({
    taskId: task.id,
    verdict,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: await deps.rolesOf(ref, sender),
    feedback: await feedbackOf(octokit, ref, pull.number, review),
    headSha: reviewed,
    headTree: await treeOf(octokit, ref, reviewed),
    checksGreen: await areChecksGreen(octokit, ref, reviewed),
    deliveryId: id,
    now: deps.clock(),
  });
  const trigger = {
    deliveryId: id,
    id,
    ref,
    issueNumber: pull.number,
    commentId: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: { known: true, roles: [] },
    asked: verdict === "approve" ? "approving review" : "review that requests changes",
    at: new Date(deps.clock()).toISOString(),
  } as const;
  await conclude(deps, trigger, { taskId: task.id }, outcomeOf(decision));
}

/** The longest feedback that travels into the next round, in characters. */
const maxFeedback = 4_000;

/** The review's words with its inline comments: reviewers often say everything inline and nothing in the summary. */
async function feedbackOf(
  octokit: GitHubClient,
  ref: RepositoryRef,
  pull_number: number,
  review: { readonly id: number; readonly state: string; readonly body?: string | null | undefined },
): Promise<string> {
  const words = review.body?.trim() ?? "";
  if (review.state.toLowerCase() === "approved") return words;
  const found = await nullWhenLacking(
    octokit.rest.pulls.listCommentsForReview({
      owner: ref.owner,
      repo: ref.repo,
      pull_number,
      review_id: review.id,
      per_page: 100,
    }),
  );
  const inline = (found?.data ?? []).map(
    (comment) => `${comment.path}${comment.line === undefined ? "" : `:${comment.line}`}: ${comment.body}`,
  );
  return [words, ...inline]
    .filter((text) => text !== "")
    .join("\n")
    .slice(0, maxFeedback);
}
