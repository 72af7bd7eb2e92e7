import { principalName } from "../../kernel/principal.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { CheckText } from "./council-check.ts";
import { markdownTable } from "./markdown-table.ts";
import { inlineText } from "./safe-text.ts";

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
      summary: "This change will not be merged by the fleet.",
    };
  }
  if (task.state !== "done") {
    return {
      conclusion: null,
      title: "Waits for the gates",
      summary:
        "Architect, qa and product owner decide on this change, in this order. The label and the status comment say who is next.",
    };
  }
  const rows = task.approvals
    .filter((approval) => approval.tree === task.headTree)
    .map((approval) => [
      approval.role,
      inlineText(principalName(approval.principal)),
      approval.at.slice(0, 16).replace("T", " "),
    ]);
  return {
    conclusion: "success",
    title: "Every gate has approved",
    summary: markdownTable(["gate", "approved by", "at (UTC)"], rows),
  };
}
