import { availableStoryActions } from "../../../planning/domain/available-story-actions.ts";
import { explainStory } from "../../../planning/domain/explain-story.ts";
import { scoreReadiness } from "../../../planning/domain/readiness.ts";
import type { Story } from "../../../planning/domain/story.ts";
import type { StoryAction } from "../../../planning/domain/story-machine.ts";
import { type AvailableTaskAction, availableTaskActions } from "../../../workflow/domain/available-task-actions.ts";
import { explainTask } from "../../../workflow/domain/explain-task.ts";
import { awaitedCode, openDependencies } from "../../../workflow/domain/plan-progress.ts";
import { reviewActions } from "../../../workflow/domain/review.ts";
import { lacksRoom, roomRule } from "../../../workflow/domain/story-room.ts";
import type { Task } from "../../../workflow/domain/task.ts";
import { taskTransition } from "../../../workflow/domain/task-machine.ts";
import type { TaskFacts } from "../../../workflow/domain/task-request.ts";
import { commandsForStory, commandsForTask } from "../../commands/command-actions.ts";
import { type CommandName, commandRows, usageOf } from "../../commands/command-table.ts";
import { checksStanding } from "../../present/checks-standing.ts";
import { storyStateLabel, taskStateLabel } from "../../present/label-set.ts";
import { type HelpWay, helpText, whyText } from "../../present/replies.ts";
import type { TestingGate } from "../../present/state-texts.ts";
import { storyStatusReply, taskStatusReply } from "../../present/status-reply.ts";
import { areGreen } from "../../write/read-checks.ts";
import type { AppDeps } from "../app-deps.ts";
import { actionToward } from "../move-story.ts";
import { checksOf, taskActionToward } from "../move-task.ts";
import { type Asking, currentTasks, type SpecialCommand, storyIdOf } from "./asking.ts";
import { decisionWays } from "./decision-commands.ts";

const anybody = async () => null;

/** `/status`: the status comment in a few lines. */
export const status: SpecialCommand = {
  refuse: anybody,
  async run({ deps, place }) {
    if (place.kind === "task")
      return { kind: "answered", text: taskStatusReply(place.task, await testingGate(deps, place.task)) };
    const { story } = place;
    const { configuration } = await deps.configurations.of(story);
    const readiness = { score: scoreReadiness(story).score, threshold: configuration.readiness.threshold };
    return {
      kind: "answered",
      text: storyStatusReply(story, await currentTasks(deps, story), readiness, configuration.gates.testing),
    };
  },
};

/** `/why`: the state, every way on with its guard and whom it waits for, and how it came here. */
export const why: SpecialCommand = {
  refuse: anybody,
  async run({ deps, place }) {
    const decisions = await deps.planning.decisions(storyIdOf(place));
    if (place.kind === "task") {
      const { task } = place;
      const explained = explainTask(task, await taskFacts(deps, task));
      const gaveUp = explained.councilGaveUp === null ? null : `The council gave up: ${explained.councilGaveUp}`;
      const history = await deps.workflow.taskHistory(task.id);
      const here = decisions.filter(({ taskId, category }) => taskId === task.id || category === "stated");
      const waits = await tokensWaitedFor(deps, task.storyId, task.id);
      const notes = [...(gaveUp === null ? [] : [gaveUp]), `Its holder: ${explained.holder}.`, ...waits];
      return { kind: "answered", text: whyText({ ...explained, notes, history, decisions: here, tasks: [task] }) };
    }
    const { story } = place;
    const explained = explainStory(story, await storyFacts(deps, story));
    const beforePlanning = story.state === "draft" || story.state === "po-review";
    const findings = (beforePlanning ? scoreReadiness(story).findings : [])
      .filter((finding) => finding.lost > 0)
      .map((finding) => `−${finding.lost} points: ${finding.text}`);
    const waits = [...(await placeWaitedFor(deps, story)), ...(await tokensWaitedFor(deps, story.id, null))];
    const notes = [...(explained.note === null ? [] : [explained.note]), ...findings, ...waits];
    const history = await deps.planning.storyHistory(story.id);
    const stated = decisions.filter(({ category }) => category === "stated");
    const tasks = await currentTasks(deps, story);
    return { kind: "answered", text: whyText({ ...explained, notes, history, decisions: stated, tasks }) };
  },
};

/** Why the council of a task, or of a story's plan (`task` null), has not begun; empty where none waits for a budget. */
async function tokensWaitedFor(
  deps: AppDeps,
  storyId: Story["id"],
  task: Task["id"] | null,
): Promise<readonly string[]> {
  const waiting = (await deps.councils.ofStory(storyId)).filter(({ status }) => status === "waiting");
  const here = waiting.find((each) => each.task === task && (each.kind === "plan" || each.kind === "implementation"));
  return here?.note == null ? [] : [`Its council waits for a budget. ${here.note}`];
}

/** Which other stories take the places that it could begin in; empty where it may begin, or has begun. */
async function placeWaitedFor(deps: AppDeps, { id, state }: Story): Promise<readonly string[]> {
  const room = state === "ready-for-execution" ? await deps.workflow.storyRoom(id) : null;
  return room === null || !lacksRoom(room) ? [] : [`It waits for a place. ${roomRule(room)}`];
}

/** `/help`: what this person may do here, now, by the machines and by the `special` commands. */
export const createHelp = (special: Readonly<Partial<Record<CommandName, SpecialCommand>>>): SpecialCommand => ({
  refuse: anybody,
  async run(asking) {
    const { trigger, place } = asking;
    const here = place.kind === "story" ? await storyWays(asking, place.story) : await taskWays(asking, place.task);
    const ways = [...here, ...(await decisionWays(asking))];
    const also = [];
    for (const row of commandRows.filter(({ places }) => places.includes(place.kind))) {
      const command = special[row.name];
      if (command !== undefined && (await command.refuse(asking)) === null) also.push(usageOf(row));
    }
    const state = place.kind === "story" ? place.story.state : place.task.state;
    const who = { login: trigger.principal.login, roles: trigger.roles };
    return { kind: "answered", text: helpText({ ...who, where: place.kind, state, ways, also }) };
  },
});

async function storyFacts(deps: AppDeps, story: Story) {
  const { configuration } = await deps.configurations.of(story);
  return { tasks: await deps.planning.taskStandings(story.id), threshold: configuration.readiness.threshold };
}

async function taskFacts(deps: AppDeps, task: Task): Promise<TaskFacts> {
  const siblings = await deps.workflow.findTasks({ storyId: task.storyId });
  const room = task.state === "todo" ? await deps.workflow.storyRoom(task.storyId) : null;
  const checks = await checksOf(deps, task);
  const checksGreen = checks !== null && areGreen(checks);
  const facts = {
    now: deps.clock(),
    openDependencies: openDependencies(task, siblings),
    room,
    checksGreen,
    awaits: awaitedCode(task, siblings),
  };
  const byChecks = task.state === "pending-qa" && (await testingGate(deps, task)) === "checks";
  if (!byChecks || checks === null || task.headSha === null) return facts;
  const standing = checksStanding(checks, task.headSha);
  return { ...facts, checksSay: { passed: checks.verdict === "passed", standing } };
}

async function testingGate(deps: AppDeps, task: Task): Promise<TestingGate> {
  return (await deps.configurations.of(task)).configuration.gates.testing;
}

/** Ways to ask for a story's action without a command or a label. */
const otherStoryWays: Readonly<Partial<Record<StoryAction, string>>> = {
  cancel: "close the issue as not planned",
  "edit-plan": "edit the plan's comment",
};

async function storyWays({ deps, trigger }: Asking, story: Story): Promise<readonly HelpWay[]> {
  const { principal, roles } = trigger;
  const own = availableStoryActions(story, principal, roles, await storyFacts(deps, story))
    .filter((action) => action.refusal === null)
    .map(({ action, summary, to, needsFeedback }) => ({
      summary,
      commands: commandsForStory(action),
      label: !needsFeedback && actionToward(story.state, to) === action ? storyStateLabel(to) : null,
      other: otherStoryWays[action] ?? null,
    }));
  if (story.state !== "ready-to-review") return own;
  // The story is sent back by sending its tasks back.
  for (const task of await currentTasks(deps, story)) {
    const facts = { now: deps.clock() };
    const reject = availableTaskActions(task, principal, roles, facts).find(({ action }) => action === "reject-story");
    if (reject !== undefined && reject.refusal === null)
      return [...own, { summary: reject.summary, commands: ["/reject <why>"], label: null, other: null }];
  }
  return own;
}

async function taskWays({ deps, trigger }: Asking, task: Task): Promise<readonly HelpWay[]> {
  const { principal, roles } = trigger;
  const facts = await taskFacts(deps, task);
  const now = availableTaskActions(task, principal, roles, facts);
  // A review claims and decides in one step, so its verdicts are possible where its claim is.
  const claim = reviewActions(task.state, "approve").length > 1 ? reviewActions(task.state, "approve")[0] : undefined;
  const claimed = claim === undefined ? null : { ...task, state: taskTransition(claim).to };
  const after = claimed === null ? [] : availableTaskActions(claimed, principal, roles, facts);
  const verdicts = (["approve", "reject"] as const).flatMap((verdict) => reviewActions(task.state, verdict).slice(-1));
  const possible = [...now, ...after.filter(({ action }) => verdicts.includes(action))];
  return possible.filter((action) => action.refusal === null).map((action) => taskWay(task, action));
}

function taskWay(task: Task, { action, summary, to, needsFeedback }: AvailableTaskAction): HelpWay {
  const label = !needsFeedback && taskActionToward(task.state, to) === action ? taskStateLabel(to) : null;
  return { summary, commands: commandsForTask(action, task.state), label, other: otherWay(task, action) };
}

function otherWay(task: Task, action: AvailableTaskAction["action"]): string | null {
  if (action === "commit-code") return `push to \`${task.branch}\``;
  if (action === "discard-task") return "close the issue as not planned";
  if (task.pullRequest === null) return null;
  if (reviewActions(task.state, "approve").at(-1) === action) return "approve in a review";
  return reviewActions(task.state, "reject").at(-1) === action ? "request changes in a review" : null;
}
