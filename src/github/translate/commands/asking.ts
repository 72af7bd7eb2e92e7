import type { RefusalReason } from "../../../kernel/reasons.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import type { Role } from "../../../kernel/roles.ts";
import type { Story } from "../../../planning/domain/story.ts";
import type { Task } from "../../../workflow/domain/task.ts";
import type { AppDeps } from "../app-deps.ts";
import type { Trigger, TriggerOutcome } from "../trigger.ts";

/** What an issue or a pull request is to the fleet. */
export type Place = { readonly kind: "story"; readonly story: Story } | { readonly kind: "task"; readonly task: Task };

/** Somebody asks for something at a place. */
export type Asking = { readonly deps: AppDeps; readonly trigger: Trigger; readonly place: Place };

/** A command with a meaning of its own, which is no action of a state machine. */
export type SpecialCommand = {
  /** Why this person may not, here and now, whatever the argument; null where it may. `/help` asks the same. */
  readonly refuse: (asking: Asking) => Promise<Refusal | null>;
  readonly run: (asking: Asking, argument: string) => Promise<TriggerOutcome>;
};

/** A refusal in short. */
export function refusal(reason: RefusalReason, rule: string, next: string, who: readonly Role[] = []): Refusal {
  return { reason, rule, who, next };
}

/** The story that a place belongs to. */
export function storyIdOf(place: Place): Story["id"] {
  return place.kind === "story" ? place.story.id : place.task.storyId;
}

/** The tasks of the plan in force. */
export async function currentTasks(deps: AppDeps, story: Story): Promise<readonly Task[]> {
  const tasks = await deps.workflow.findTasks({ storyId: story.id });
  return tasks.filter((task) => task.planVersion === story.plan?.version);
}

/** The tasks that a command at a place is about. */
export async function tasksAt({ deps, place }: Asking): Promise<readonly Task[]> {
  return place.kind === "task" ? [place.task] : currentTasks(deps, place.story);
}

/** Where a task is worked on, as people find it: `issue 5`. */
export function whereToWrite(tasks: readonly Task[]): string | null {
  const issues = tasks.flatMap(({ issueNumber }) => (issueNumber === null ? [] : [`issue ${issueNumber}`]));
  return issues.length === 0 ? null : issues.join(", ");
}
