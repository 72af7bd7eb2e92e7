import { storyId } from "../../kernel/ids.ts";
import type { Verdict } from "../../workflow/domain/review.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { commandRow } from "../commands/command-table.ts";
import { type CommandsToRun, maxCommands } from "../commands/commands-to-run.ts";
import type { Asked } from "../commands/parse-commands.ts";
import { carriesStoryLabel } from "../present/read-label.ts";
import { botText, hiddenCommandText, leftOutText, unknownCommandText, unreadableText } from "../present/replies.ts";
import type { AppDeps } from "./app-deps.ts";
import type { Place } from "./commands/asking.ts";
import { decisionAsked } from "./commands/decision-commands.ts";
import { runCommand } from "./commands/run-command.ts";
import { issueFactsOf } from "./issue-payloads.ts";
import { taskOfOwnIssue } from "./own-task-issue.ts";
import { recordStory } from "./record-story.ts";
import { numberOf, type Said, triggerPrefix } from "./said.ts";
import { answerStrayCommand } from "./stray-command.ts";
import { acknowledge, conclude, type Subject, type Trigger, type TriggerOutcome } from "./trigger.ts";

/**
 * Runs the commands of a text one after the other, each with 👀 where the text takes a reaction and exactly one outcome.
 * On what the fleet does not follow they are other bots' business, but for `/submit` and a pull request that looks like a
 * task's.
 *
 * `verdict` is what the text has been taken for as a whole, being a review's: the command that says the same again is
 * passed over, so that it does not decide at the next gate, too. `task`: the one that it was said on, as `heardOnTask` found.
 */
export async function runSaid(
  deps: AppDeps,
  deliveryId: string,
  said: Said,
  { asked, leftOut }: CommandsToRun,
  task: Task | null,
  verdict: Verdict | null = null,
): Promise<void> {
  const { ref, sender } = said;
  const isApp = sender.type === "Bot";
  const isOurs = task !== null || (await isStory(deps, said)) || submitsOwn(said, asked);
  if (!isOurs && said.on.kind === "pull")
    return isApp ? undefined : answerStrayCommand(deps, said, said.on.pull, asked.map(wordsOf));
  if (!isOurs && !asksFor("submit", asked)) return;
  // Before anything is looked up at GitHub: somebody waits to see that he or she was heard.
  if (isOurs && !isApp) await wasHeard(deps, said);
  const roles = await deps.rolesOf(ref, sender);
  const holdsRole = roles.known && roles.roles.length > 0;
  if (!isOurs && !holdsRole) return;
  if (isApp && !holdsRole) return answerApp(deps, said);
  if (!isOurs || isApp) await wasHeard(deps, said);
  const place = task === null ? await storyOf(deps, deliveryId, said, asked) : ({ kind: "task", task } as const);
  if (place === null) return;

  const prefix = triggerPrefix(said);
  for (const [index, command] of asked.entries()) {
    const trigger = triggerOf(said, roles, `${prefix}-${index}`, wordsOf(command));
    if (await deps.answered.has(trigger.id)) continue;
    if (!repeats(command, verdict))
      await conclude(deps, trigger, subjectOf(place), await run(deps, trigger, place, command, said));
    await deps.answered.add(trigger.id);
  }
  if (leftOut === 0) return;
  const trigger = triggerOf(said, roles, `${prefix}-rest`, "the rest");
  await conclude(deps, trigger, null, { kind: "answered", text: leftOutText(maxCommands, leftOut) });
}

/** A verdict on a proposed decision is another one than the review's. */
function repeats(asked: Asked, verdict: Verdict | null): boolean {
  if (verdict === null || asked.kind !== "command" || decisionAsked(asked) !== null) return false;
  return commandRow(asked.name).task === verdict;
}

/** The task on whose issue or pull request it was said; its holder was heard of by that. */
export async function heardOnTask(deps: AppDeps, said: Said): Promise<Task | null> {
  const task = await taskSaidOn(deps, said);
  const { id, login } = said.sender;
  if (task !== null) await deps.workflow.renewLease(task.id, { kind: "human", id, login });
  return task;
}

async function taskSaidOn(deps: AppDeps, { ref, on }: Said): Promise<Task | null> {
  const isPull = on.kind === "pull";
  const number = isPull ? { pullRequest: on.pull.number } : { issueNumber: on.issue.number };
  const linked = (await deps.workflow.findTasks({ repository: ref.repository, ...number })).at(-1);
  return linked ?? taskOfOwnIssue(deps, ref, isPull ? on.pull : on.issue);
}

/** One request of a text. */
export function triggerOf(said: Said, roles: Trigger["roles"], id: string, asked: string): Trigger {
  const { ref, sender, comment, at } = said;
  return {
    deliveryId: id,
    id,
    ref,
    issueNumber: numberOf(said),
    comment,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles,
    asked,
    at,
    ...(comment === null ? { saysDone: true } : {}),
  };
}

async function wasHeard(deps: AppDeps, { ref, comment }: Said): Promise<void> {
  if (comment !== null) await acknowledge(deps, ref, comment);
}

function wordsOf(asked: Asked): string {
  if (asked.kind === "unreadable") return "this comment";
  return `/${asked.kind === "unknown" ? asked.word : asked.name}`;
}

function subjectOf(place: Place): Subject {
  return place.kind === "story" ? { storyId: place.story.id } : { taskId: place.task.id };
}

async function isStory(deps: AppDeps, { ref, on }: Said): Promise<boolean> {
  if (on.kind === "pull") return false;
  if (carriesStoryLabel(on.issue.labels)) return true;
  return (await deps.planning.getStory(storyId(ref.repository, on.issue.number))) !== null;
}

function asksFor(name: string, asked: readonly Asked[]): boolean {
  return asked.some((command) => command.kind === "command" && command.name === name);
}

function submitsOwn({ on, sender }: Said, asked: readonly Asked[]): boolean {
  return on.kind === "issue" && on.issue.user?.id === sender.id && asksFor("submit", asked);
}

/** The story of the issue; `/submit` by its author or by somebody with a role makes it one, as the label does. */
async function storyOf(
  deps: AppDeps,
  deliveryId: string,
  { ref, on }: Said,
  asked: readonly Asked[],
): Promise<Place | null> {
  if (on.kind === "pull") return null;
  const known = await recordStory(deps, deliveryId, ref, on.issue, false);
  if (known !== null) return { kind: "story", story: known };
  if (!asksFor("submit", asked)) return null;
  return { kind: "story", story: await deps.planning.recordIssue(issueFactsOf(ref, on.issue, deliveryId)) };
}

/** Once an issue, whatever it says there: two apps must never answer each other for ever. */
async function answerApp(deps: AppDeps, said: Said): Promise<void> {
  const { ref, sender } = said;
  const issueNumber = numberOf(said);
  const trigger = `app-${sender.id}-on-${issueNumber}`;
  await deps.write({ kind: "reply", ref, issueNumber, trigger, text: botText(sender.login) });
}

async function run(deps: AppDeps, trigger: Trigger, place: Place, asked: Asked, { on }: Said): Promise<TriggerOutcome> {
  switch (asked.kind) {
    case "unknown":
      return { kind: "answered", text: unknownCommandText(asked.word, asked.nearest) };
    case "hidden":
      return { kind: "answered", text: hiddenCommandText(asked.name) };
    case "unreadable":
      return { kind: "answered", text: unreadableText };
    case "command": {
      // Several commands in one text: each decides on what the one before made of it.
      const shown = on.kind === "issue" ? { title: on.issue.title, body: on.issue.body ?? "" } : noStorysText;
      return runCommand({ deps, trigger, place: await reread(deps, place) }, asked, shown);
    }
  }
}

/** A pull request is a task's, whose commands look at no story's text. */
const noStorysText = { title: "", body: "" };

async function reread(deps: AppDeps, place: Place): Promise<Place> {
  return place.kind === "story"
    ? { kind: "story", story: (await deps.planning.getStory(place.story.id)) ?? place.story }
    : { kind: "task", task: (await deps.workflow.getTask(place.task.id)) ?? place.task };
}
