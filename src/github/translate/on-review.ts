import { rolesOf } from "../../kernel/permission.ts";
import type { HumanPrincipal } from "../../kernel/principal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import { reviewActions, type Verdict } from "../../workflow/domain/review.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { taskRows } from "../../workflow/domain/task-machine.ts";
import { type AppIdentity, isBotOf, isOwn } from "../client/app-identity.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { repositoryOf } from "./payload-parts.ts";
import { type ReviewPayload, reviewPayload } from "./pull-request-payloads.ts";
import { recordBranchHead } from "./record-branch-head.ts";
import { areChecksGreen, treeOf } from "./review-facts.ts";
import { remarksOf, summaryOf } from "./review-words.ts";
import { heardOnTask, runSaid } from "./run-said.ts";
import { askedIn, saidInReview } from "./said.ts";
import { conclude, outcomeOf, type Trigger } from "./trigger.ts";

/** The verdict of a review's state; a mere comment has none. */
const verdicts: Readonly<Record<string, Verdict>> = { approved: "approve", changes_requested: "reject" };

/** A review of a task's pull request, by a person. */
type Site = {
  readonly deps: AppDeps;
  readonly deliveryId: string;
  readonly ref: RepositoryRef;
  readonly payload: ReviewPayload;
  readonly task: Task;
  readonly octokit: GitHubClient;
  readonly principal: HumanPrincipal;
};

/**
 * Reviews of a task's pull request are decisions, bound to the tree of the commit that was reviewed. One of a bot, and
 * one of a pull request that is no task's or comes from a fork, decides nothing. Commands in the text of a review, of any
 * kind, are run after it like those of a comment.
 */
export async function onReview(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = reviewPayload.parse(delivery.payload);
  const app = await deps.identityOf(payload.installation.id);
  if (isBotOf(app, payload.sender)) return;
  const verdict = await decide(deps, delivery, payload, app);
  if (payload.action === "dismissed" || isOwn(payload.review, app)) return;
  const said = saidInReview(payload, new Date(deps.clock()).toISOString());
  const task = await heardOnTask(deps, said);
  const commands = askedIn(said);
  if (commands.asked.length > 0) await runSaid(deps, delivery.id, said, commands, task, verdict);
}

/** Takes a review for what it decides. Returns the verdict that was answered; null where there was none. */
async function decide(
  deps: AppDeps,
  delivery: Delivery,
  payload: ReviewPayload,
  app: AppIdentity,
): Promise<Verdict | null> {
  const { review, pull_request: pull, sender } = payload;
  const action = payload.action ?? "submitted";
  const ref = repositoryOf(payload);
  if (sender.type === "Bot" || (action === "submitted" && isOwn(review, app))) return null;
  const { head } = pull;
  if (head?.repo !== undefined && head.repo?.id !== ref.repository) return null;
  const task = (await deps.workflow.findTasks({ repository: ref.repository, pullRequest: pull.number })).at(-1);
  if (task === undefined) return null;
  const octokit = await deps.octokitFor(ref.installation);
  const principal = { kind: "human", id: sender.id, login: sender.login } as const;
  const site = { deps, deliveryId: delivery.id, ref, payload, task, octokit, principal };
  if (action === "submitted") return submitted(site);
  if (action === "dismissed") await dismissed(site);
  if (action === "edited") await edited(site);
  return null;
}

async function submitted(site: Site): Promise<Verdict | null> {
  const { deps, ref, payload, octokit, principal } = site;
  const { review, pull_request: pull } = payload;
  const verdict = verdicts[review.state.toLowerCase()];
  const reviewed = review.commit_id === undefined ? pull.head?.sha : review.commit_id;
  if (verdict === undefined || !reviewed) return null;
  const roles = await deps.rolesOf(ref, payload.sender);
  // An outsider's review is normal life: nobody takes it for a decision.
  if (roles.known && rolesOf(principal, roles.roles).length === 0) return null;
  const task = await withReviewedHead(site, reviewed);
  const decision = await deps.workflow.reviewTask({
    taskId: task.id,
    verdict,
    principal,
    roles,
    feedback: summaryOf(review),
    // Those of an approval lead nowhere, and reading them at each would cost more than a transition may.
    remarks: verdict === "reject" ? await remarksOf(octokit, ref, pull.number, review.id) : [],
    reviewId: review.id,
    headSha: reviewed,
    headTree: await reviewedTree(site, task, reviewed),
    checksGreen: await checksOf(site, task, verdict, reviewed),
    // A server may send one review under two delivery ids; it decides once, also where its author could pass the next gate.
    deliveryId: `review-${review.id}`,
    now: deps.clock(),
  });
  // What is over needs no approval, and nobody who gives one needs to be told.
  if (decision.kind === "refused" && verdict === "approve" && isOver(task)) return null;
  const asked = verdict === "approve" ? "approving review" : "review that requests changes";
  const refused = decision.kind === "refused" ? decision.refusal.reason : null;
  const once = refused === "role-missing" || (refused === "not-in-this-state" && !mayJudge(principal, roles));
  const id = once ? `review-role-${pull.number}-${principal.id}` : `review-${review.id}`;
  await conclude(deps, triggerOf(site, asked, id, roles), null, outcomeOf(decision));
  return verdict;
}

function isOver(task: Task): boolean {
  return task.merged || task.state === "cancelled" || task.state === "done";
}

/** Whether the person holds a role that judges at some gate; peers who review each other are told once how it is. */
function mayJudge(principal: HumanPrincipal, roles: RoleAnswer): boolean {
  if (!roles.known) return true;
  const held = rolesOf(principal, roles.roles);
  return taskRows.some((row) => row.judges && row.by.some((by) => held.some((role) => role === by)));
}

/**
 * The task with the head that was reviewed. A review may overtake the delivery of its push: what GitHub calls the head is
 * recorded first, else the review of the newest commit would be taken for one of another.
 */
async function withReviewedHead({ deps, deliveryId, ref, payload, task }: Site, sha: string): Promise<Task> {
  const { head } = payload.pull_request;
  if (sha === task.headSha || sha !== head?.sha || head.ref !== task.branch) return task;
  if (reviewActions(task.state, "approve").length === 0) return task;
  const base = payload.repository.default_branch;
  await recordBranchHead(deps, ref, task, {
    branch: head.ref,
    sha,
    base,
    pusher: null,
    deliveryId: `${deliveryId}.head`,
  });
  return (await deps.workflow.getTask(task.id)) ?? task;
}

/** The tree of the reviewed commit; "" where a force-push has taken the commit away, which is no tree of ours. */
async function reviewedTree({ octokit, ref }: Site, task: Task, sha: string): Promise<string> {
  if (sha === task.headSha && task.headTree !== null) return task.headTree;
  return (await nullWhenLacking(treeOf(octokit, ref, sha))) ?? "";
}

/** Read only where the decision looks at them: at qa's gate. */
async function checksOf({ octokit, ref }: Site, task: Task, verdict: "approve" | "reject", sha: string) {
  const matters = reviewActions(task.state, verdict).includes("approve-tests");
  return matters && (await areChecksGreen(octokit, ref, sha));
}

function triggerOf(
  { deps, deliveryId, ref, payload, principal }: Site,
  asked: string,
  id: string,
  roles: RoleAnswer,
): Trigger {
  const { number, updated_at } = payload.pull_request;
  const at = updated_at ?? new Date(deps.clock()).toISOString();
  return { deliveryId, id, ref, issueNumber: number, comment: null, principal, roles, asked, at };
}

/** A dismissed approval no longer counts; the status comment says so, and the gate asks again. */
async function dismissed(site: Site): Promise<void> {
  const { deps, deliveryId, payload, task, principal } = site;
  const { review } = payload;
  const decision = await deps.workflow.dismissReview({
    taskId: task.id,
    reviewId: review.id,
    by: principal,
    deliveryId,
  });
  const trigger = triggerOf(site, "dismissal", `dismissal-${review.id}`, { known: true, roles: [] });
  await conclude(deps, trigger, null, outcomeOf(decision));
}

/** The verdict stays; what the reviewer says now is what the next round is told. */
async function edited({ deps, payload, task }: Site): Promise<void> {
  const { review } = payload;
  const changed = await deps.workflow.amendFeedback({ taskId: task.id, reviewId: review.id, text: summaryOf(review) });
  if (changed) await deps.write({ kind: "task", taskId: task.id });
}
