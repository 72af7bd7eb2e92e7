import type { Role } from "../../../kernel/roles.ts";
import type { CeremonyState } from "../../../kernel/states.ts";

/** The conditions beside state, role and feedback; `ceremony-guards` says what each means. */
export type CeremonyGuard =
  | "story-may-join"
  | "story-is-in"
  | "can-start"
  | "review-awaited"
  | "every-story-reviewed"
  | "dissent-settled";

/** A row of the ceremony's table, before its action is one of a closed list. */
type CeremonyRule = {
  readonly action: string;
  readonly from: readonly CeremonyState[];
  readonly to: CeremonyState;
  readonly by: readonly Role[];
  readonly guard: CeremonyGuard | null;
  readonly needsFeedback: boolean;
  /** What the action does, for help. */
  readonly summary: string;
};

/** Whose meeting it is: who answers for what is built next, and who answers for how. */
const hosts = ["product-owner", "architect"] as const satisfies readonly Role[];

/**
 * The backlog review's table. It moves no story: what its findings come to is decided where every story is, by its text,
 * `/approve` and `/reject`.
 */
export const ceremonyTransitions = [
  {
    action: "add-story",
    from: ["draft"],
    to: "draft",
    by: hosts,
    guard: "story-may-join",
    needsFeedback: false,
    summary: "Take a story into the review.",
  },
  {
    action: "remove-story",
    from: ["draft"],
    to: "draft",
    by: hosts,
    guard: "story-is-in",
    needsFeedback: false,
    summary: "Leave a story out of the review.",
  },
  {
    action: "start",
    from: ["draft"],
    to: "in-progress",
    by: hosts,
    guard: "can-start",
    needsFeedback: false,
    summary: "Let the architect, qa and devops councils review every story.",
  },
  {
    action: "record-review",
    from: ["in-progress"],
    to: "in-progress",
    by: ["system"],
    guard: "review-awaited",
    needsFeedback: false,
    summary: "Note what the councils say of one story.",
  },
  {
    action: "present",
    from: ["in-progress"],
    to: "reviewing",
    by: ["system"],
    guard: "every-story-reviewed",
    needsFeedback: false,
    summary: "Present the councils' findings.",
  },
  {
    action: "approve",
    from: ["reviewing"],
    to: "reviewing",
    by: hosts,
    guard: "story-is-in",
    needsFeedback: false,
    summary: "Say that a story may go on as it is.",
  },
  {
    action: "reject",
    from: ["reviewing"],
    to: "reviewing",
    by: hosts,
    guard: "story-is-in",
    needsFeedback: true,
    summary: "Say what has to change in a story first.",
  },
  {
    action: "complete",
    from: ["reviewing"],
    to: "completed",
    by: hosts,
    guard: "dissent-settled",
    needsFeedback: false,
    summary: "Close the review: its findings are read.",
  },
  {
    action: "cancel",
    from: ["draft", "in-progress", "reviewing"],
    to: "cancelled",
    by: hosts,
    guard: null,
    needsFeedback: false,
    summary: "Give the review up; councils that are at work stop.",
  },
] as const satisfies readonly CeremonyRule[];

export type CeremonyAction = (typeof ceremonyTransitions)[number]["action"];

/** A row as the decider reads it. */
export type CeremonyTransition = CeremonyRule & { readonly action: CeremonyAction };

/** The rows again, without the literal types that only `CeremonyAction` needs. */
export const ceremonyRows: readonly CeremonyTransition[] = ceremonyTransitions;

/** Narrows any string to a ceremony's action: for data that comes back from a store. */
export function isCeremonyAction(value: string): value is CeremonyAction {
  return ceremonyRows.some((row) => row.action === value);
}

/** The row of an action. */
export function ceremonyTransition(action: CeremonyAction): CeremonyTransition {
  const row = ceremonyRows.find((candidate) => candidate.action === action);
  if (row === undefined) throw new Error(`No row for the ceremony action ${action}.`);
  return row;
}
