import type { Role } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";

/** Who may take a task's action: a role, or whoever holds the task. */
export type TaskActor = Role | "holder";

/** The conditions of DOMAIN.md §3 beside state, role and feedback; `task-guards` says what each means. */
export type TaskGuard =
  | "lease-and-dependencies"
  | "dependencies-done"
  | "lease-over"
  | "on-branch"
  | "tree-reviewed"
  | "checks-green"
  | "checks-decide"
  | "approvals-match"
  | "tree-changed"
  | "not-merged";

/** One row of the table. */
export type TaskRule = {
  readonly action: string;
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  /** The routing state on the way: the task leaves it in the same step, recorded as `action`. */
  readonly via: { readonly state: TaskState; readonly action: string } | null;
  readonly by: readonly TaskActor[];
  readonly guard: TaskGuard | null;
  readonly needsFeedback: boolean;
  /** Whether it judges the change, which its authors and committers may not (DOMAIN.md §1). */
  readonly judges: boolean;
  /** What the action does, for help. */
  readonly summary: string;
};
