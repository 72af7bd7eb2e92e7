import { system } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { TaskState } from "../../kernel/states.ts";
import { guardOf, leadingOn } from "./available-task-actions.ts";
import type { Task } from "./task.ts";
import { holderName } from "./task-holder.ts";
import type { RequestedTaskAction, TaskActor } from "./task-machine.ts";
import type { TaskFacts } from "./task-request.ts";

/** One way on, as `/why` explains it. */
export type TaskStep = {
  readonly action: RequestedTaskAction;
  readonly to: TaskState;
  readonly summary: string;
  /** Whom it waits for. */
  readonly by: readonly TaskActor[];
  readonly needsFeedback: boolean;
  /** The guard's result: null where it holds, and then it waits only for the people (or the fleet) above. */
  readonly guard: Refusal | null;
};

export type TaskExplanation = {
  readonly state: TaskState;
  /** The state in a sentence. */
  readonly meaning: string;
  /** Who holds it: a name, "the council" or "nobody". */
  readonly holder: string;
  /** Why its council gave up; null where it did not. */
  readonly councilGaveUp: string | null;
  /** Whether nothing leads on from here. */
  readonly isTerminal: boolean;
  readonly steps: readonly TaskStep[];
};

/** Where a task stands, what can happen next, what each step waits for. */
export function explainTask(task: Task, facts: TaskFacts): TaskExplanation {
  const rows = leadingOn(task, facts);
  const byChecks = task.state === "pending-qa" && facts.checksSay !== undefined;
  return {
    state: task.state,
    meaning: byChecks ? "It waits for the required checks." : meanings[task.state],
    holder: holderName(task),
    councilGaveUp: task.councilGaveUp,
    isTerminal: rows.length === 0,
    steps: rows.map((row) => ({
      action: row.action,
      to: row.to,
      summary: row.summary,
      by: row.by,
      needsFeedback: row.needsFeedback,
      guard: guardOf(row, task, system, facts),
    })),
  };
}

const meanings: Record<TaskState, string> = {
  todo: "It waits to be claimed or assigned.",
  implementing: "Its holder is implementing it.",
  "dev-completed": "It is handed in.",
  "pending-arch-review": "It waits for an architect.",
  "arch-reviewing": "An architect is reviewing it.",
  "arch-approved": "An architect approved it.",
  "arch-rejected": "An architect rejected it; it waits to be revised.",
  "pending-qa": "It waits for qa.",
  "qa-testing": "Qa is testing it.",
  "qa-passed": "Qa approved it.",
  "qa-failed": "Qa rejected it; it waits to be revised.",
  "pending-po-approval": "It waits for the product owner.",
  "po-approved": "The product owner approved it.",
  done: "It is done.",
  cancelled: "It was given up.",
};
