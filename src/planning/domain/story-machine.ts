import { humanRoles } from "../../kernel/roles.ts";
import { type StoryState, storyStates } from "../../kernel/states.ts";
import type { StoryRule } from "./story-rule.ts";

export type { StoryActor, StoryGuard } from "./story-rule.ts";

/** Every state but the given ones, in the order of the state list. */
function anyBut(...excluded: readonly StoryState[]): readonly StoryState[] {
  return storyStates.filter((state) => !excluded.includes(state));
}

/** The table of DOMAIN.md §2. Labels, help, the API, the docs and the guards are derived from it. */
export const storyTransitions = [
  {
    action: "submit",
    from: ["draft"],
    to: "po-review",
    by: ["issue-author", ...humanRoles],
    guard: "parses-as-story",
    needsFeedback: false,
    summary: "Submit the story to the product owner.",
  },
  {
    action: "approve-scope",
    from: ["po-review"],
    to: "ready-for-planning",
    by: ["product-owner"],
    guard: "is-ready",
    needsFeedback: false,
    summary: "Approve the text of the story, so that it is planned.",
  },
  {
    action: "reject-scope",
    from: ["po-review"],
    to: "draft",
    by: ["product-owner"],
    guard: null,
    needsFeedback: true,
    summary: "Send the story back to its author with the reason.",
  },
  {
    action: "derive-plan",
    from: ["ready-for-planning"],
    to: "planned",
    by: ["system"],
    guard: "plan-valid",
    needsFeedback: false,
    summary: "Record the derived plan.",
  },
  {
    action: "approve-plan",
    from: ["planned"],
    to: "ready-for-execution",
    by: ["product-owner"],
    guard: "plan-shown",
    needsFeedback: false,
    summary: "Approve the plan, so that its tasks are created.",
  },
  {
    action: "reject-plan",
    from: ["planned"],
    to: "ready-for-planning",
    by: ["product-owner"],
    guard: null,
    needsFeedback: true,
    summary: "Reject the plan with the reason; it is derived again with it.",
  },
  {
    // Not a row of DOMAIN.md §2: the product owner edits the proposed plan in its comment (PRODUCT.md), which makes a new
    // version of it. The state stays, and so does the product owner's decision on what is shown now.
    action: "edit-plan",
    from: ["planned"],
    to: "planned",
    by: ["product-owner"],
    guard: "edited-plan",
    needsFeedback: false,
    summary: "Edit the proposed plan in its comment.",
  },
  {
    action: "start",
    from: ["ready-for-execution"],
    to: "in-progress",
    by: ["system"],
    guard: "task-started",
    needsFeedback: false,
    summary: "Note that the first task is claimed or assigned.",
  },
  {
    action: "request-review",
    from: ["in-progress"],
    to: "code-review",
    by: ["system"],
    guard: "tasks-at-review",
    needsFeedback: false,
    summary: "Note that every open task waits for the architect or is past that.",
  },
  {
    action: "begin-testing",
    from: ["code-review"],
    to: "testing",
    by: ["system"],
    guard: "tasks-at-testing",
    needsFeedback: false,
    summary: "Note that every open task waits for qa or is past that.",
  },
  {
    action: "present",
    from: ["testing"],
    to: "ready-to-review",
    by: ["system"],
    guard: "tasks-at-approval",
    needsFeedback: false,
    summary: "Present the story to the product owner.",
  },
  {
    action: "rework",
    from: ["code-review", "testing", "ready-to-review"],
    to: "in-progress",
    by: ["system"],
    guard: "task-rejected",
    needsFeedback: false,
    summary: "Note that a task was rejected and is worked on again.",
  },
  {
    action: "accept",
    from: ["ready-to-review"],
    to: "accepted",
    by: ["product-owner"],
    guard: "tasks-approved",
    needsFeedback: false,
    summary: "Accept the story; its tasks are merged.",
  },
  {
    action: "finish",
    from: ["accepted"],
    to: "done",
    by: ["system"],
    guard: "tasks-merged",
    needsFeedback: false,
    summary: "Note that every task's pull request is merged.",
  },
  {
    action: "carry-over",
    from: ["ready-for-execution", "in-progress", "code-review", "testing", "ready-to-review"],
    to: "carry-over",
    by: ["product-owner", "system"],
    guard: null,
    needsFeedback: false,
    summary: "Take the story out of this sprint.",
  },
  {
    action: "re-estimate",
    from: ["carry-over"],
    to: "draft",
    by: ["product-owner"],
    guard: null,
    needsFeedback: false,
    summary: "Write the carried-over story anew.",
  },
  {
    action: "continue",
    from: ["carry-over"],
    to: "ready-for-execution",
    by: ["product-owner"],
    guard: null,
    needsFeedback: false,
    summary: "Go on with the carried-over story as it is.",
  },
  {
    action: "archive",
    from: ["carry-over", "done"],
    to: "archived",
    by: ["product-owner"],
    guard: null,
    needsFeedback: false,
    summary: "Put the story away for good.",
  },
  {
    action: "reset",
    from: anyBut("archived"),
    to: "draft",
    by: ["product-owner"],
    guard: null,
    needsFeedback: true,
    summary: "Begin again from the draft; open tasks are cancelled.",
  },
  {
    action: "cancel",
    from: anyBut("done", "archived"),
    to: "archived",
    by: ["product-owner"],
    guard: null,
    needsFeedback: true,
    summary: "Give the story up for good, with the reason.",
  },
  {
    // Not a row of DOMAIN.md §2: the issue was deleted, transferred or made a discussion. Nobody can decide on it any more,
    // and nobody can put it back, so the fleet records what is a fact.
    action: "withdraw",
    from: anyBut("done", "archived"),
    to: "archived",
    by: ["system"],
    guard: null,
    needsFeedback: true,
    summary: "Give the story up, because its issue is gone.",
  },
  {
    // Not a row of the table but its closing sentence: "A body edited after `approve-scope` invalidates the approval
    // (back to `po-review`, with a note that names the edit)." Once tasks run, the approved snapshot stays in force.
    action: "invalidate-scope",
    from: ["ready-for-planning", "planned", "ready-for-execution"],
    to: "po-review",
    by: ["system"],
    guard: "text-edited",
    needsFeedback: false,
    summary: "Ask the product owner again, because the text was edited after its approval.",
  },
] as const satisfies readonly StoryRule[];

export type StoryAction = (typeof storyTransitions)[number]["action"];

/** A row as the deciders read it. */
export type StoryTransition = StoryRule & { readonly action: StoryAction };

/** The rows again, without the literal types that only `StoryAction` needs. */
export const storyRows: readonly StoryTransition[] = storyTransitions;

/** Every action on a story, in the order of the table. */
export const storyActions: readonly StoryAction[] = storyRows.map((row) => row.action);

/** Narrows any string to a story's action. */
export function isStoryAction(value: string): value is StoryAction {
  return storyActions.some((action) => action === value);
}

/** The row of an action. */
export function storyTransition(action: StoryAction): StoryTransition {
  const row = storyRows.find((candidate) => candidate.action === action);
  if (row === undefined) {
    throw new Error(`No row for the story action ${action}.`);
  }
  return row;
}
