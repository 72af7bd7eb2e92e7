import type { Task } from "../../workflow/domain/task.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { checkActions, commandOfAction } from "../present/check-actions.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { runCommand } from "./commands/run-command.ts";
import { repositoryOf } from "./payload-parts.ts";
import { type CheckRunPayload, checkRunPayload } from "./pull-request-payloads.ts";
import { taskOfBranch } from "./record-branch-head.ts";
import { checkOfRun } from "./reported-check.ts";
import { areChecksGreen, treeOf } from "./review-facts.ts";
import { conclude, outcomeOf, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

/**
 * Check runs. Of others: what failed is kept for who works on the task next, and a merge that they blocked may be possible now. Of our own: one that is asked for again is shown
 * again, and a button that somebody presses is a command of that person.
 */
export async function onCheckRun(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = checkRunPayload.parse(delivery.payload);
  const { check_run: run, action } = payload;
  const ref = repositoryOf(payload);
  const app = await deps.identityOf(ref.installation);
  const isOwn = run.app?.id === app.appId;
  if (isOwn && action === "completed") return;
  const task = await taskOf(deps, ref, payload);
  if (task === undefined) return;
  if (action === "requested_action" && isOwn) return press(deps, delivery, ref, payload, task);
  const report = isOwn ? null : checkOfRun(run);
  if (report !== null) await deps.workflow.recordCheck({ taskId: task.id, ...report });
  await deps.write({ kind: "task", taskId: task.id });
}

async function taskOf(deps: AppDeps, ref: RepositoryRef, { check_run: run }: CheckRunPayload) {
  const branch = run.check_suite?.head_branch;
  const byBranch = branch === null || branch === undefined ? null : await taskOfBranch(deps, ref, branch);
  if (byBranch !== null) return byBranch;
  const pullRequest = run.pull_requests[0]?.number;
  if (pullRequest === undefined) return undefined;
  return (await deps.workflow.findTasks({ repository: ref.repository, pullRequest })).at(-1);
}

/** The press of a button: a trigger with exactly one outcome, like a command in a comment of the pull request. */
async function press(
  deps: AppDeps,
  delivery: Delivery,
  ref: RepositoryRef,
  { check_run: run, requested_action, sender }: CheckRunPayload,
  task: Task,
): Promise<void> {
  const identifier = requested_action?.identifier ?? "";
  const label = Object.values(checkActions).find((row) => row.identifier === identifier)?.label ?? identifier;
  const trigger: Trigger = {
    deliveryId: delivery.id,
    id: `button-${delivery.id}`,
    ref,
    issueNumber: task.pullRequest ?? task.issueNumber ?? task.storyIssue,
    comment: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: await deps.rolesOf(ref, sender),
    asked: `button ${label} of ${run.name}`,
    at: new Date(deps.clock()).toISOString(),
  };
  if (await deps.answered.has(trigger.id)) return;
  await conclude(deps, trigger, { taskId: task.id }, await outcome(deps, trigger, task, identifier, run.head_sha));
  await deps.answered.add(trigger.id);
}

async function outcome(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  identifier: string,
  headSha: string | undefined,
): Promise<TriggerOutcome> {
  const name = commandOfAction(identifier);
  if (name === null) return noSuchButton;
  if (name === "approve" && headSha !== undefined) return approve(deps, trigger, task, headSha);
  const asking = { deps, trigger, place: { kind: "task", task } } as const;
  return runCommand(asking, { kind: "command", name, argument: "" }, nothingShown);
}

/** A button shows no text of a story, and its command is about none. */
const nothingShown = { title: "", body: "" };

const noSuchButton = refused({
  reason: "unknown-command",
  rule: "This button is of an older version of the fleet.",
  who: [],
  next: "Use a command instead: /help lists what you may do here.",
});

/** An approval by a button holds for the commit that the button stands on, like a review of that commit. */
async function approve(deps: AppDeps, trigger: Trigger, task: Task, headSha: string): Promise<TriggerOutcome> {
  const octokit = await deps.octokitFor(trigger.ref.installation);
  const decision = await deps.workflow.reviewTask({
    taskId: task.id,
    verdict: "approve",
    principal: trigger.principal,
    roles: trigger.roles,
    headSha,
    headTree: await treeOf(octokit, trigger.ref, headSha),
    checksGreen: await areChecksGreen(octokit, trigger.ref, headSha),
    deliveryId: trigger.deliveryId,
    now: deps.clock(),
  });
  return outcomeOf(decision);
}
