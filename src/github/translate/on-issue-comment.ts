import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf, isOwn } from "../client/app-identity.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { type Command, parseCommands, type UnknownCommand } from "../commands/parse-commands.ts";
import { unknownCommandText } from "../present/replies.ts";
import type { GitHubUser } from "../roles/role-resolver.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { recordStory } from "./on-issues.ts";
import { taskOfOwnIssue } from "./own-task-issue.ts";
import { type IssuePayload, issueCommentPayload, issueFactsOf, repositoryOf } from "./payloads.ts";
import { onOwnComment } from "./plan-comment.ts";
import { runStoryCommand } from "./story-command.ts";
import { runTaskCommand } from "./task-command.ts";
import { acknowledge, conclude, type Subject, type Trigger, type TriggerOutcome } from "./trigger.ts";
import { proposePlan, typedPlanIn } from "./typed-plan.ts";

/** Comments: slash commands, and plans that people type as a task list. */
export async function onIssueComment(deps: AppDeps, delivery: Delivery): Promise<void> {
  if (await onOwnComment(deps, delivery)) return;
  const payload = issueCommentPayload.parse(delivery.payload);
  const { comment, issue } = payload;
  if (payload.action !== "created") return;
  const ref = repositoryOf(payload);
  const app = await deps.identityOf(ref.installation);
  if (isOwn(comment, app) || isBotOf(app, payload.sender)) return;
  const commands = parseCommands(comment.body);
  const place = await placeOf(deps, delivery.id, ref, issue, commands, payload.sender);
  if (place === null) return;
  if (place.kind === "task") {
    await deps.workflow.renewLease(place.task.id, {
      kind: "human",
      id: payload.sender.id,
      login: payload.sender.login,
    });
  }
  const plan = commands.length === 0 && place.kind === "story" ? typedPlanIn(place.story, comment.body) : null;
  if (commands.length === 0 && plan === null) return;
  await acknowledge(deps, ref, comment.id);
  const roles = await deps.rolesOf(ref, payload.sender);
  const trigger = (index: number, asked: string): Trigger => ({
    // The command's own name: a server may send one comment under two delivery ids.
    deliveryId: `comment-${comment.id}-${index}`,
    id: `comment-${comment.id}-${index}`,
    ref,
    issueNumber: issue.number,
    commentId: comment.id,
    principal: { kind: "human", id: payload.sender.id, login: payload.sender.login },
    roles,
    asked,
    at: comment.created_at,
  });
  if (plan !== null && place.kind === "story") {
    const planned = trigger(0, "this plan");
    await conclude(deps, planned, subjectOf(place), await proposePlan(deps, planned, place.story, plan));
    return;
  }
  for (const [index, command] of commands.entries()) {
    const asking = trigger(index, command.kind === "command" ? `/${command.name}` : `/${command.word}`);
    await conclude(deps, asking, subjectOf(place), await run(deps, asking, place, command, issue));
  }
}

/** What the comment's issue or pull request is to the fleet. */
type Place = { readonly kind: "story"; readonly story: Story } | { readonly kind: "task"; readonly task: Task };

function subjectOf(place: Place): Subject {
  return place.kind === "story" ? { storyId: place.story.id } : { taskId: place.task.id };
}

async function placeOf(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  commands: readonly (Command | UnknownCommand)[],
  sender: GitHubUser,
): Promise<Place | null> {
  const isPull = issue.pull_request !== undefined && issue.pull_request !== null;
  const number = isPull ? { pullRequest: issue.number } : { issueNumber: issue.number };
  const linked = (await deps.workflow.findTasks({ repository: ref.repository, ...number })).at(-1);
  const task = linked ?? (await taskOfOwnIssue(deps, ref, issue));
  if (task !== null) return { kind: "task", task };
  if (isPull) return null;
  const story =
    (await recordStory(deps, deliveryId, ref, issue, false)) ??
    (await submitted(deps, deliveryId, ref, issue, commands, sender));
  return story === null ? null : { kind: "story", story };
}

/** `/submit` by the author or by somebody with a role makes an issue a story, as the label does. */
async function submitted(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  commands: readonly (Command | UnknownCommand)[],
  sender: GitHubUser,
): Promise<Story | null> {
  if (!commands.some((command) => command.kind === "command" && command.name === "submit")) return null;
  if (issue.user?.id !== sender.id) {
    const roles = await deps.rolesOf(ref, sender);
    if (!roles.known || roles.roles.length === 0) return null;
  }
  return deps.planning.recordIssue(issueFactsOf(ref, issue, deliveryId));
}

async function run(
  deps: AppDeps,
  trigger: Trigger,
  place: Place,
  command: Command | UnknownCommand,
  issue: IssuePayload,
): Promise<TriggerOutcome> {
  if (command.kind === "unknown") return { kind: "answered", text: unknownCommandText(command.word, command.nearest) };
  if (place.kind === "story") {
    // Several commands in one comment: each decides on what the one before made of the story.
    const story = (await deps.planning.getStory(place.story.id)) ?? place.story;
    return runStoryCommand(deps, trigger, story, command, { title: issue.title, body: issue.body ?? "" });
  }
  const task = (await deps.workflow.getTask(place.task.id)) ?? place.task;
  return runTaskCommand(deps, trigger, task, command);
}
