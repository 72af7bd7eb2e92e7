import { storyId } from "../../kernel/ids.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf, isOwn } from "../client/app-identity.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { type CommandsToRun, maxCommands } from "../commands/commands-to-run.ts";
import type { Asked } from "../commands/parse-commands.ts";
import { readLabel } from "../present/read-label.ts";
import { botText, hiddenCommandText, leftOutText, unknownCommandText, unreadableText } from "../present/replies.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { askedIn, textBefore, triggerPrefix } from "./asked-in.ts";
import type { Place } from "./commands/asking.ts";
import { runCommand } from "./commands/run-command.ts";
import { type IssueCommentPayload, type IssuePayload, issueCommentPayload, issueFactsOf } from "./issue-payloads.ts";
import { taskOfOwnIssue } from "./own-task-issue.ts";
import { ghost, repositoryOf } from "./payload-parts.ts";
import { onOwnComment } from "./plan-comment.ts";
import { recordStory } from "./record-story.ts";
import { acknowledge, conclude, type Subject, type Trigger, type TriggerOutcome } from "./trigger.ts";
import { proposePlan, typedPlanIn } from "./typed-plan.ts";

type Sender = IssueCommentPayload["sender"];

/**
 * Comments: slash commands, and plans that people type as a task list. Those of the fleet itself and of accounts that are
 * gone are nobody's request; whoever edits a comment asks for what is new in it.
 */
export async function onIssueComment(deps: AppDeps, delivery: Delivery): Promise<void> {
  if (await onOwnComment(deps, delivery)) return;
  const payload = issueCommentPayload.parse(delivery.payload);
  if (payload.action === "deleted") return;
  const { comment, sender } = payload;
  const app = await deps.identityOf(payload.installation.id);
  if (sender.id === ghost.id || isOwn(comment, app) || isBotOf(app, sender)) return;
  const place = repositoryOf(payload);
  const task = await taskOf(deps, place, payload.issue);
  if (task !== null) await deps.workflow.renewLease(task.id, { kind: "human", id: sender.id, login: sender.login });
  const commands = askedIn(payload);
  await (commands.asked.length > 0
    ? runCommands(deps, delivery.id, payload, commands)
    : takePlan(deps, delivery.id, payload, sender));
}

async function runCommands(
  deps: AppDeps,
  deliveryId: string,
  payload: IssueCommentPayload,
  { asked, leftOut }: CommandsToRun,
) {
  const { comment, issue, sender } = payload;
  const ref = repositoryOf(payload);
  const isApp = sender.type === "Bot";
  const task = await taskOf(deps, ref, issue);
  const isOurs = task !== null || (await isStory(deps, ref, issue)) || submitsOwn(issue, asked, sender);
  if (!isOurs && (isPull(issue) || !asksFor("submit", asked))) return;
  // Before anything is looked up at GitHub: somebody waits to see that he or she was heard.
  if (isOurs && !isApp) await acknowledge(deps, ref, comment.id);
  const roles = await deps.rolesOf(ref, sender);
  const holdsRole = roles.known && roles.roles.length > 0;
  if (!isOurs && !holdsRole) return;
  if (isApp && !holdsRole) return answerApp(deps, ref, issue, sender);
  if (!isOurs || isApp) await acknowledge(deps, ref, comment.id);
  const place = task === null ? await storyOf(deps, deliveryId, ref, issue, asked) : ({ kind: "task", task } as const);
  if (place === null) return;

  const prefix = triggerPrefix(payload);
  const about = { ref, sender, roles, payload };
  for (const [index, command] of asked.entries()) {
    const trigger = triggerOf(about, `${prefix}-${index}`, wordsOf(command));
    if (await deps.answered.has(trigger.id)) continue;
    await conclude(deps, trigger, subjectOf(place), await run(deps, trigger, place, command, issue));
    await deps.answered.add(trigger.id);
  }
  if (leftOut === 0) return;
  const trigger = triggerOf(about, `${prefix}-rest`, "the rest");
  await conclude(deps, trigger, null, { kind: "answered", text: leftOutText(maxCommands, leftOut) });
}

/** A plan that somebody typed; an edit counts where it changed the plan. */
async function takePlan(deps: AppDeps, deliveryId: string, payload: IssueCommentPayload, sender: Sender) {
  const { comment, issue } = payload;
  const ref = repositoryOf(payload);
  if (isPull(issue) || (await taskOf(deps, ref, issue)) !== null) return;
  const story = await recordStory(deps, deliveryId, ref, issue, false);
  const plan = story === null ? null : typedPlanIn(story, comment.body);
  if (story === null || plan === null) return;
  const before = textBefore(payload);
  if (before !== null && JSON.stringify(typedPlanIn(story, before)) === JSON.stringify(plan)) return;
  await acknowledge(deps, ref, comment.id);
  if (await deps.answered.has(`${triggerPrefix(payload)}-0`)) return;
  const about = { ref, sender, roles: await deps.rolesOf(ref, sender), payload };
  const trigger = triggerOf(about, `${triggerPrefix(payload)}-0`, "this plan");
  await conclude(deps, trigger, { storyId: story.id }, await proposePlan(deps, trigger, story, plan));
  await deps.answered.add(trigger.id);
}

type About = {
  readonly ref: RepositoryRef;
  readonly sender: Sender;
  readonly roles: Trigger["roles"];
  readonly payload: IssueCommentPayload;
};

function triggerOf({ ref, sender, roles, payload }: About, id: string, asked: string): Trigger {
  const { comment, issue, action } = payload;
  return {
    deliveryId: id,
    id,
    ref,
    issueNumber: issue.number,
    commentId: comment.id,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles,
    asked,
    at: (action === "edited" ? comment.updated_at : undefined) ?? comment.created_at,
  };
}

function wordsOf(asked: Asked): string {
  if (asked.kind === "unreadable") return "this comment";
  return `/${asked.kind === "unknown" ? asked.word : asked.name}`;
}

function subjectOf(place: Place): Subject {
  return place.kind === "story" ? { storyId: place.story.id } : { taskId: place.task.id };
}

function isPull(issue: IssuePayload): boolean {
  return issue.pull_request !== undefined && issue.pull_request !== null;
}

async function taskOf(deps: AppDeps, ref: RepositoryRef, issue: IssuePayload): Promise<Task | null> {
  const number = isPull(issue) ? { pullRequest: issue.number } : { issueNumber: issue.number };
  const linked = (await deps.workflow.findTasks({ repository: ref.repository, ...number })).at(-1);
  return linked ?? taskOfOwnIssue(deps, ref, issue);
}

async function isStory(deps: AppDeps, ref: RepositoryRef, issue: IssuePayload): Promise<boolean> {
  if (isPull(issue)) return false;
  if (issue.labels.some((label) => readLabel(label)?.kind === "story")) return true;
  return (await deps.planning.getStory(storyId(ref.repository, issue.number))) !== null;
}

function asksFor(name: string, asked: readonly Asked[]): boolean {
  return asked.some((command) => command.kind === "command" && command.name === name);
}

function submitsOwn(issue: IssuePayload, asked: readonly Asked[], sender: Sender): boolean {
  return !isPull(issue) && issue.user?.id === sender.id && asksFor("submit", asked);
}

/** The story of the issue; `/submit` by its author or by somebody with a role makes it one, as the label does. */
async function storyOf(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  asked: readonly Asked[],
): Promise<Place | null> {
  if (isPull(issue)) return null;
  const known = await recordStory(deps, deliveryId, ref, issue, false);
  if (known !== null) return { kind: "story", story: known };
  if (!asksFor("submit", asked)) return null;
  return { kind: "story", story: await deps.planning.recordIssue(issueFactsOf(ref, issue, deliveryId)) };
}

/** Once an issue, whatever it says there: two apps must never answer each other for ever. */
async function answerApp(deps: AppDeps, ref: RepositoryRef, issue: IssuePayload, sender: Sender): Promise<void> {
  const trigger = `app-${sender.id}-on-${issue.number}`;
  await deps.write({ kind: "reply", ref, issueNumber: issue.number, trigger, text: botText(sender.login) });
}

async function run(
  deps: AppDeps,
  trigger: Trigger,
  place: Place,
  asked: Asked,
  issue: IssuePayload,
): Promise<TriggerOutcome> {
  switch (asked.kind) {
    case "unknown":
      return { kind: "answered", text: unknownCommandText(asked.word, asked.nearest) };
    case "hidden":
      return { kind: "answered", text: hiddenCommandText(asked.name) };
    case "unreadable":
      return { kind: "answered", text: unreadableText };
    case "command": {
      // Several commands in one comment: each decides on what the one before made of it.
      const shown = { title: issue.title, body: issue.body ?? "" };
      return runCommand({ deps, trigger, place: await reread(deps, place) }, asked, shown);
    }
  }
}

async function reread(deps: AppDeps, place: Place): Promise<Place> {
  return place.kind === "story"
    ? { kind: "story", story: (await deps.planning.getStory(place.story.id)) ?? place.story }
    : { kind: "task", task: (await deps.workflow.getTask(place.task.id)) ?? place.task };
}
