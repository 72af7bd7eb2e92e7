/** The 13 states of a story (DOMAIN.md §2). The published names: labels `story/<state>`, events and the API use them. */
export const storyStates = [
  "draft",
  "po-review",
  "ready-for-planning",
  "planned",
  "ready-for-execution",
  "in-progress",
  "code-review",
  "testing",
  "ready-to-review",
  "accepted",
  "carry-over",
  "done",
  "archived",
] as const;

export type StoryState = (typeof storyStates)[number];

/** The 15 states of a task (DOMAIN.md §3), in the order of the road. */
export const taskStates = [
  "todo",
  "implementing",
  "dev-completed",
  "pending-arch-review",
  "arch-reviewing",
  "arch-approved",
  "arch-rejected",
  "pending-qa",
  "qa-testing",
  "qa-passed",
  "qa-failed",
  "pending-po-approval",
  "po-approved",
  "done",
  "cancelled",
] as const;

export type TaskState = (typeof taskStates)[number];

/** The states of a ceremony, the backlog review (COUNCIL.md, "Ceremony and planning councils"). */
export const ceremonyStates = ["draft", "in-progress", "reviewing", "completed", "cancelled"] as const;

export type CeremonyState = (typeof ceremonyStates)[number];

/** How a decision came about: somebody said so (`/decide`), or a gate approved or rejected. */
export const decisionCategories = ["stated", "review"] as const;

export type DecisionCategory = (typeof decisionCategories)[number];

/** `proposed`: said by somebody whose word does not decide; only what is approved is given to agents. */
export const decisionStatuses = ["proposed", "approved", "rejected"] as const;

export type DecisionStatus = (typeof decisionStatuses)[number];

/** What a task is about; it decides which L3 rows a role may see (DOMAIN.md §4). */
export const taskTypes = ["code", "test", "docs", "devops", "data"] as const;

export type TaskType = (typeof taskTypes)[number];
