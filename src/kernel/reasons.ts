/**
 * Every reason for which a request can be refused: one closed list, shared by comments, API problems and metrics.
 * Each names the rule in a sentence; the refusal adds the values.
 */
export const refusalReasons = {
  "not-in-this-state": "The action is not possible in this state.",
  "role-missing": "The action needs a role that you do not have.",
  "roles-unknown": "Your roles could not be looked up, and unknown never passes.",
  "own-work": "Nobody decides on work that he or she authored or committed to.",
  "authors-unknown": "Nobody decides on a change while not all of its authors are known.",
  "not-holder": "Only the holder of the task may do this.",
  "feedback-missing": "The action needs feedback of at least 10 characters.",
  "not-ready": "The story is below the readiness threshold.",
  "body-changed": "The text changed after it was shown.",
  "not-a-story": "The text does not parse as a story.",
  "plan-invalid": "The plan is not valid.",
  "plan-changed": "The plan is not the one that was shown.",
  "plan-missing": "There is no plan yet.",
  "dependencies-open": "What this task depends on is not there yet.",
  "stories-in-progress": "As many stories are in progress as may be.",
  "lease-taken": "Somebody else holds the lease.",
  "wrong-branch": "The commit is not on the task's branch.",
  "tree-changed": "The head tree is not the one that was reviewed.",
  "checks-not-green": "The required checks are not green on that commit.",
  "tasks-open": "A task has not come far enough.",
  "not-merged": "A task's pull request is not merged.",
  "no-model": "No model host is configured.",
  "tokens-used-up": "The tokens that councils may use are used up.",
  "no-limit": "There is no limit that could be raised.",
  "no-ceremony": "There is no open backlog review.",
  "in-ceremony": "The story is in another open backlog review.",
  "not-in-ceremony": "The story is not in this backlog review.",
  "ceremony-full": "The backlog review holds as many stories as it may.",
  "ceremony-empty": "The backlog review holds no story.",
  "reviews-open": "A council has not reviewed its story yet.",
  "dissent-open": "Nobody has said yet what a disagreement comes to.",
  "wrong-place": "The command is for another place.",
  "bad-argument": "The command's argument is not one that it takes.",
  "unknown-person": "There is no such person here, or not one who may have it.",
  "nothing-running": "Nothing is at work here.",
  "nothing-stopped": "Nothing was stopped here.",
  "no-pull-request": "There is no pull request yet.",
  "merge-conflict": "The branch and its base conflict.",
  "unknown-command": "There is no such command.",
  "unknown-story": "There is no such story.",
  "unknown-task": "There is no such task.",
  "unknown-decision": "There is no such decision.",
  "unknown-field": "There is no such field.",
  "not-visible": "The role does not see this.",
  "not-found": "There is no such thing here that the role sees.",
  "not-a-state": "There is no such state.",
  "not-by-hand": "This follows from the state and is not changed by hand.",
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/** The refusals that are about who asked: each leaves an `access.denied` event (DOMAIN.md §4). */
export const denialReasons: readonly RefusalReason[] = ["role-missing", "roles-unknown", "own-work", "not-holder"];

/** Narrows anything to a refusal reason: for data that comes back from a store. */
export function isRefusalReason(value: unknown): value is RefusalReason {
  return typeof value === "string" && Object.hasOwn(refusalReasons, value);
}
