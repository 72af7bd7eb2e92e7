import { principalName } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import type { Approval, Task } from "../../workflow/domain/task.ts";
import { markdownTable } from "./markdown-table.ts";
import { codeSpan, inlineText } from "./safe-text.ts";
import { taskStateTexts } from "./state-texts.ts";

/** The gates of a task in the order in which they decide (PRODUCT.md, `gates`), with the role that holds each. */
const gates = [
  { name: "architecture", role: "architect" },
  { name: "testing", role: "qa" },
  { name: "product", role: "product-owner" },
] as const satisfies readonly { readonly name: string; readonly role: Role }[];

type Gate = (typeof gates)[number];

/** The gates of one task: each approval with its tree and time, and which gate is open. */
export function gatesOfTask(task: Task): string {
  const rows = gates.map((gate) => {
    const approval = approvalOf(task, gate);
    return approval === undefined
      ? [gate.name, standing(task, gate), "", ""]
      : [
          gate.name,
          `✅ ${nameOf(approval)}`,
          codeSpan(approval.tree.slice(0, 7)),
          approval.at.slice(0, 16).replace("T", " "),
        ];
  });
  return markdownTable(["gate", "decided by", "tree", "at (UTC)"], rows);
}

/** The gates of every task of a story, one line a task. */
export function gatesOfStory(tasks: readonly Task[]): string {
  const rows = tasks.map((task) => [
    String(task.number),
    ...gates.map((gate) => {
      const approval = approvalOf(task, gate);
      return approval === undefined
        ? standing(task, gate)
        : `✅ ${nameOf(approval)} ${codeSpan(approval.tree.slice(0, 7))}`;
    }),
  ]);
  return markdownTable(["task", ...gates.map((gate) => gate.name)], rows);
}

/** An approval holds for the tree that was reviewed only (DOMAIN.md §3). */
function approvalOf(task: Task, gate: Gate) {
  return task.approvals.find((approval) => approval.role === gate.role && approval.tree === task.headTree);
}

/** The fleet approves nothing of its own but what the required checks decide (fleet.yml, `gates.testing`). */
function nameOf({ principal }: Approval): string {
  return principal.kind === "system" ? "the required checks" : inlineText(principalName(principal));
}

function standing(task: Task, gate: Gate): string {
  if (rejectedAt(task.state) === gate.role) return "❌ asked for changes";
  const waitsFor: readonly string[] = taskStateTexts[task.state].waitsFor;
  const isOpen = task.pullRequest !== null && waitsFor.includes(gate.role);
  return isOpen ? "⏳ waiting" : "";
}

function rejectedAt(state: TaskState): Role | null {
  if (state === "arch-rejected") return "architect";
  return state === "qa-failed" ? "qa" : null;
}
