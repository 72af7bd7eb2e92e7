import { type Principal, principalKey, principalName } from "../../kernel/principal.ts";
import type { Task } from "./task.ts";

/** Whether a principal holds the task: the person it is assigned to, or any agent while a council holds it. */
export function isHolder(task: Task, principal: Principal): boolean {
  switch (task.assignee?.kind) {
    case "council":
      return principal.kind === "agent";
    case "person":
      return principalKey(task.assignee.principal) === principalKey(principal);
    default:
      return false;
  }
}

/** The holder as people read it. */
export function holderName(task: Task): string {
  switch (task.assignee?.kind) {
    case "council":
      return "the council";
    case "person":
      return principalName(task.assignee.principal);
    default:
      return "nobody";
  }
}
