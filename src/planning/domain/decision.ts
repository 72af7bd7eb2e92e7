import { trimFeedback } from "../../kernel/feedback.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Role, RoleAnswer } from "../../kernel/roles.ts";

/** How a decision came about: somebody said so (`/decide`), or a gate approved or rejected. */
export type DecisionCategory = "stated" | "review";

/** `proposed`: said by somebody who does not decide for the story; the product owner or an architect approves it. */
export type DecisionStatus = "proposed" | "approved";

/** A decision, as people made it (DOMAIN.md §5): it affects its story, and its task where it was made on one. */
export type Decision = {
  /** `<story id>-d-<what it was made by>`: derived, so that the same delivery can never record two. */
  readonly id: string;
  readonly storyId: StoryId;
  readonly taskId: TaskId | null;
  /** One line, at most 120 characters. */
  readonly title: string;
  /** The whole of what was said; for a gate without words, the title again. */
  readonly rationale: string;
  readonly category: DecisionCategory;
  readonly status: DecisionStatus;
  readonly author: Principal;
  /** ISO 8601, UTC. */
  readonly at: string;
};

/** The longest title, in characters. */
const maxTitle = 120;
/** The longest rationale that is kept, in characters. */
const maxRationale = 8_000;

/** The first line or sentence of a text, cut where it is too long. */
export function decisionTitle(text: string): string {
  const first = /^[^\n]*?[.!?](?=\s|$)|^[^\n]*/.exec(text.trim())?.[0]?.trim() ?? "";
  return first.length <= maxTitle ? first : `${first.slice(0, maxTitle - 1).trimEnd()}…`;
}

/** The text as it is kept. */
export function decisionRationale(text: string): string {
  return (trimFeedback(text) ?? "").slice(0, maxRationale);
}

/** The roles whose word decides; everybody else's is a proposal. */
const deciding: readonly Role[] = ["product-owner", "architect"];

/** The status of what somebody with these roles says. */
export function statusOfStated(roles: RoleAnswer): DecisionStatus {
  return roles.known && roles.roles.some((role) => deciding.includes(role)) ? "approved" : "proposed";
}

/** What the gates' verdicts are called. */
const verdicts: Readonly<Record<string, string>> = {
  "approve-design": "Design approved",
  "reject-design": "Design rejected",
  "approve-tests": "Tests approved",
  "reject-tests": "Tests rejected",
  "approve-story": "Result approved",
  "reject-story": "Result rejected",
};

/** The title of the decision that a task's transition is; null for one that is none. */
export function verdictTitle(action: string): string | null {
  return Object.hasOwn(verdicts, action) ? (verdicts[action] ?? null) : null;
}
