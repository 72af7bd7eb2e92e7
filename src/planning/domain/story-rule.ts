import type { Role } from "../../kernel/roles.ts";
import type { StoryState } from "../../kernel/states.ts";

/** Who may take a story's action: a role, or the person who opened the issue. */
export type StoryActor = Role | "issue-author";

/** The conditions of DOMAIN.md §2 beside state, role and feedback; `decide-story` says what each means. */
export type StoryGuard =
  | "parses-as-story"
  | "is-ready"
  | "plan-valid"
  | "plan-shown"
  | "edited-plan"
  | "task-started"
  | "tasks-at-review"
  | "tasks-at-testing"
  | "tasks-at-approval"
  | "task-rejected"
  | "tasks-approved"
  | "tasks-merged"
  | "text-edited";

/** A row of the story's table, before its action is one of a closed list. */
export type StoryRule = {
  readonly action: string;
  readonly from: readonly StoryState[];
  readonly to: StoryState;
  readonly by: readonly StoryActor[];
  readonly guard: StoryGuard | null;
  readonly needsFeedback: boolean;
  /** What the action does, for help. */
  readonly summary: string;
};
