import { either } from "../../../kernel/permission.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { type TaskState, taskStates } from "../../../kernel/states.ts";
import type { Story } from "../../../planning/domain/story.ts";
import { reviewActions } from "../../../workflow/domain/review.ts";
import type { Task } from "../../../workflow/domain/task.ts";
import {
  isVerdict,
  storyActionOf,
  storyStatesFor,
  taskActionOf,
  taskStatesFor,
} from "../../commands/command-actions.ts";
import { commandRow } from "../../commands/command-table.ts";
import type { Command } from "../../commands/parse-commands.ts";
import type { AppDeps } from "../app-deps.ts";
import { moveStory, type ShownText, wasHandled } from "../move-story.ts";
import { judgeTask, moveTask } from "../move-task.ts";
import { done, refused, type Trigger, type TriggerOutcome } from "../trigger.ts";
import { currentTasks, refusal } from "./asking.ts";
import { refuseCouncil } from "./council-commands.ts";

/** A command that asks the story's machine for the action that its row names for this state. */
export async function askStory(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  { name, argument }: Command,
  shown: ShownText,
): Promise<TriggerOutcome> {
  if (wasHandled(story, trigger.deliveryId)) return done;
  const { story: actions } = commandRow(name);
  const action = storyActionOf(name, story.state) ?? (actions.length === 1 ? actions[0] : undefined);
  if (action !== undefined)
    return moveStory(deps, trigger, story, action, { shown, ...(argument === "" ? {} : { feedback: argument }) });
  if (name === "reject" && story.state === "ready-to-review") return rejectTasks(deps, trigger, story, argument);
  return refused(notNow(name, "story", story.state, storyStatesFor(name)));
}

/** A command that asks the task's machine, or is a verdict at the gate that is open. */
export async function askTask(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  { name, argument }: Command,
): Promise<TriggerOutcome> {
  if (wasHandled(task, trigger.deliveryId)) return done;
  const { task: asked } = commandRow(name);
  if (isVerdict(asked)) {
    if (reviewActions(task.state, asked).length > 0) return judgeTask(deps, trigger, task, asked, argument);
    return refused(notNow(name, "task", task.state, taskStatesFor(name, taskStates)));
  }
  const action = taskActionOf(name, task.state) ?? (asked.length === 1 ? asked[0] : undefined);
  if (action === undefined) return refused(notNow(name, "task", task.state, taskStatesFor(name, taskStates)));
  // Whoever claims takes it; a revision leaves it with who held it, and then a council must be there to go on.
  const keepsHolder = name === "revise";
  if (keepsHolder && action === "revise-code" && task.assignee?.kind === "council") {
    const missing = await refuseCouncil({ deps, trigger, place: { kind: "task", task } });
    if (missing?.reason === "no-model") return refused(missing);
  }
  return moveTask(deps, trigger, task, action, argument === "" ? undefined : argument, { keepsHolder });
}

/** In `ready-to-review` the tasks are what is rejected: each waiting one goes back with the same words. */
async function rejectTasks(deps: AppDeps, trigger: Trigger, story: Story, feedback: string): Promise<TriggerOutcome> {
  const waiting = (await currentTasks(deps, story)).filter((task) => task.state === "pending-po-approval");
  for (const task of waiting) {
    const outcome = await judgeTask(deps, trigger, task, "reject", feedback);
    if (outcome.kind === "refused") return outcome;
  }
  return waiting.length > 0 ? done : refused(notNow("reject", "story", story.state, storyStatesFor("reject")));
}

function notNow(name: string, what: "story" | "task", state: string, states: readonly (TaskState | string)[]): Refusal {
  const rule = `/${name} is possible on a ${what} in ${either(states)}; this one is in ${state}.`;
  return refusal("not-in-this-state", rule, "/why says what it waits for, /help what you may do now.");
}
