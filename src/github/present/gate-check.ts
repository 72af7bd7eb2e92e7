import type { Task } from "../../workflow/domain/task.ts";
import type { CheckText } from "./council-check.ts";
import { markdownTable } from "./markdown-table.ts";
import { inlineText } from "./safe-text.ts";
import { taskStateTexts, waitingFor } from "./state-texts.ts";

const gates = ["architect", "qa", "product-owner"] as const;

/**
 * The check run `fleet/gate`: green only when the state machine allows the merge. It stays open while a gate waits, so
 * that a branch rule that requires it blocks the merge.
 */
export function gateCheck(task: Task): CheckText {
  const rows = gates.map((role) => {
    const approval = task.approvals.find((given) => given.role === role && given.tree === task.headTree);
    return [role, approval === undefined ? "open" : `approved by ${principalText(approval.principal)}`];
  });
  const summary = `${inlineText(taskStateTexts[task.state].text)}\n\n${markdownTable(["gate", "decision on this tree"], rows)}`;
  if (task.state === "cancelled") return { conclusion: "cancelled", title: "The task was given up", summary };
  if (task.state === "done") return { conclusion: "success", title: "Every gate has approved", summary };
  const whom = waitingFor(taskStateTexts[task.state]);
  return { conclusion: null, title: whom === null ? "Being worked on" : `Waits for ${whom}`, summary };
}

function principalText(principal: Task["approvals"][number]["principal"]): string {
  return principal.kind === "human"
    ? inlineText(`@${principal.login}`)
    : principal.kind === "agent"
      ? `agent ${principal.role}`
      : "the fleet";
}
