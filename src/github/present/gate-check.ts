import type { Task } from "../../workflow/domain/task.ts";
import { gateActions } from "./check-actions.ts";
import type { CheckText } from "./council-check.ts";
import { gatesOfTask } from "./gates.ts";

/**
 * The check run `fleet/gate`: green only when the state machine allows the merge. It stays open while a gate waits, so
 * that a branch rule that requires it blocks the merge. What it says while open does not name the gate, so that it is
 * written twice a commit and not once a gate: the label and the status comment say who is waited for.
 */
export function gateCheck(task: Task): CheckText {
  if (task.state === "cancelled") {
    return {
      conclusion: "cancelled",
      title: "The task was given up",
      summary: "The fleet will not merge this change.",
      actions: [],
    };
  }
  if (task.state !== "done") {
    return {
      conclusion: null,
      title: "Waits for the gates",
      summary:
        "Architect, qa and product owner decide on this change, in this order. The label and the status comment say who is next. A button is as good as a review: **Approve** holds for this commit.",
      actions: gateActions,
    };
  }
  return { conclusion: "success", title: "Every gate has approved", summary: gatesOfTask(task), actions: [] };
}
