import { type TaskState, taskStates } from "../../kernel/states.ts";
import type { TaskRule } from "./task-rule.ts";

export type { TaskActor, TaskGuard } from "./task-rule.ts";

/** Every state but the given ones, in the order of the road. */
function anyBut(...excluded: readonly TaskState[]): readonly TaskState[] {
  return taskStates.filter((state) => !excluded.includes(state));
}

/** Every state from the given one on, less the ones in which no approval can be standing any more. */
function afterFirstApproval(): readonly TaskState[] {
  const first = taskStates.indexOf("pending-qa");
  return taskStates.filter((state, index) => index >= first && state !== "cancelled");
}

/** The table of DOMAIN.md §3. Labels, help, the API, the docs and the guards are derived from it. */
export const taskTransitions = [
  {
    action: "claim-task",
    from: ["todo"],
    to: "implementing",
    via: null,
    by: ["developer"],
    guard: "lease-and-dependencies",
    needsFeedback: false,
    judges: false,
    summary: "Take the task; it is yours for the time of the lease.",
  },
  {
    action: "assign",
    from: ["todo"],
    to: "implementing",
    via: null,
    by: ["system"],
    guard: "dependencies-done",
    needsFeedback: false,
    judges: false,
    summary: "Give the task to a council or a person.",
  },
  {
    // "system when the lease expires", and also when the council that holds it gave up: a council that nobody passed
    // (COUNCIL.md, "Nobody passes") must not sit on the task until its lease ends; nor must a person who lost the role.
    action: "release-task",
    from: ["implementing"],
    to: "todo",
    via: null,
    by: ["holder", "system"],
    guard: "lease-over",
    needsFeedback: false,
    judges: false,
    summary: "Give the task back.",
  },
  {
    action: "commit-code",
    from: ["implementing"],
    to: "pending-arch-review",
    via: { state: "dev-completed", action: "auto-route-to-architect" },
    by: ["holder"],
    guard: "on-branch",
    needsFeedback: false,
    judges: false,
    summary: "Hand in the commits on the task's branch for review.",
  },
  {
    action: "claim-review",
    from: ["pending-arch-review"],
    to: "arch-reviewing",
    via: null,
    by: ["architect"],
    guard: null,
    needsFeedback: false,
    judges: true,
    summary: "Take the design review.",
  },
  {
    action: "approve-design",
    from: ["arch-reviewing"],
    to: "pending-qa",
    via: { state: "arch-approved", action: "auto-route-to-qa" },
    by: ["architect"],
    guard: "tree-reviewed",
    needsFeedback: false,
    judges: true,
    summary: "Approve the design of the reviewed tree.",
  },
  {
    action: "reject-design",
    from: ["arch-reviewing"],
    to: "arch-rejected",
    via: null,
    by: ["architect"],
    guard: null,
    needsFeedback: true,
    judges: true,
    summary: "Reject the design with the reason.",
  },
  {
    action: "claim-testing",
    from: ["pending-qa"],
    to: "qa-testing",
    via: null,
    by: ["qa"],
    guard: null,
    needsFeedback: false,
    judges: true,
    summary: "Take the tests.",
  },
  {
    action: "approve-tests",
    from: ["qa-testing"],
    to: "pending-po-approval",
    via: { state: "qa-passed", action: "auto-route-to-po" },
    by: ["qa"],
    guard: "checks-green",
    needsFeedback: false,
    judges: true,
    summary: "Approve the tests; the required checks are green on that commit.",
  },
  {
    // No row of §3, whose rows are people's: fleet.yml may leave the tests to the required checks (PRODUCT.md, `gates`).
    // Whoever of qa claims the tests takes them over, so it leads from `pending-qa` alone.
    action: "pass-tests",
    from: ["pending-qa"],
    to: "pending-po-approval",
    via: { state: "qa-passed", action: "auto-route-to-po" },
    by: ["system"],
    guard: "checks-decide",
    needsFeedback: false,
    judges: false,
    summary: "Take the green required checks for the approval of the tests, where fleet.yml leaves them to the checks.",
  },
  {
    action: "reject-tests",
    from: ["qa-testing"],
    to: "qa-failed",
    via: null,
    by: ["qa"],
    guard: null,
    needsFeedback: true,
    judges: true,
    summary: "Reject the change with what failed.",
  },
  {
    action: "revise-code",
    from: ["arch-rejected", "qa-failed"],
    to: "implementing",
    via: null,
    by: ["developer"],
    guard: null,
    needsFeedback: false,
    judges: false,
    summary: "Work on the rejected change again; the feedback goes along.",
  },
  {
    action: "approve-story",
    from: ["pending-po-approval"],
    to: "done",
    via: { state: "po-approved", action: "auto-complete" },
    by: ["product-owner"],
    guard: "approvals-match",
    needsFeedback: false,
    judges: true,
    summary: "Approve the result; the task is done and may be merged.",
  },
  {
    action: "reject-story",
    from: ["pending-po-approval"],
    to: "implementing",
    via: null,
    by: ["product-owner"],
    guard: null,
    needsFeedback: true,
    judges: true,
    summary: "Send the result back with the reason; it is worked on again.",
  },
  {
    action: "discard-task",
    from: anyBut("done", "cancelled"),
    to: "cancelled",
    via: null,
    by: ["product-owner"],
    guard: null,
    needsFeedback: true,
    judges: false,
    summary: "Give the task up for good, with the reason.",
  },
  {
    action: "retry",
    from: anyBut("done", "cancelled"),
    to: "todo",
    via: null,
    by: ["system", "developer"],
    guard: null,
    needsFeedback: false,
    judges: false,
    summary: "Begin the task again; its history is kept.",
  },
  {
    // "Any state after an approval" includes `done`: a tree that changes between the last approval and the merge was
    // approved by nobody. A merged task is past that. A dismissed approval is void likewise.
    action: "invalidate",
    from: afterFirstApproval(),
    to: "pending-arch-review",
    via: null,
    by: ["system"],
    guard: "tree-changed",
    needsFeedback: false,
    judges: false,
    summary: "Ask every gate again, because the head tree changed after an approval or an approval was dismissed.",
  },
  {
    // Not a row of §3 but the guard column of §2, `reset`: "open tasks are cancelled". A task that is done but not
    // merged is open in this sense: its pull request must not land in a story that was given up.
    action: "cancel-with-story",
    from: anyBut("cancelled"),
    to: "cancelled",
    via: null,
    by: ["system"],
    guard: "not-merged",
    needsFeedback: false,
    judges: false,
    summary: "Cancel the task, because its story was reset, edited anew or given up.",
  },
] as const satisfies readonly TaskRule[];

/** An action that somebody asks for. */
export type RequestedTaskAction = (typeof taskTransitions)[number]["action"];

/** A step that follows by itself from a state marked * in DOMAIN.md §3, recorded under its own name. */
export type RoutingAction = NonNullable<(typeof taskTransitions)[number]["via"]>["action"];

/** Every name that a task's record may carry. */
export type TaskAction = RequestedTaskAction | RoutingAction;

/** A row as the deciders read it. */
export type TaskTransition = TaskRule & {
  readonly action: RequestedTaskAction;
  readonly via: { readonly state: TaskState; readonly action: RoutingAction } | null;
};

/** The rows again, without the literal types that only the action names need. */
export const taskRows: readonly TaskTransition[] = taskTransitions;

/** Every action that can be asked for, in the order of the table. */
export const taskActions: readonly RequestedTaskAction[] = taskRows.map((row) => row.action);

/** Narrows any string to a name that a record may carry: an action that can be asked for, or a routing step. */
export function isTaskActionName(value: string): value is TaskAction {
  return taskRows.some((row) => row.action === value || row.via?.action === value);
}

/** Narrows any string to an action that can be asked for. */
export function isTaskAction(value: string): value is RequestedTaskAction {
  return taskActions.some((action) => action === value);
}

/** The row of an action. */
export function taskTransition(action: RequestedTaskAction): TaskTransition {
  const row = taskRows.find((candidate) => candidate.action === action);
  if (row === undefined) {
    throw new Error(`No row for the task action ${action}.`);
  }
  return row;
}
