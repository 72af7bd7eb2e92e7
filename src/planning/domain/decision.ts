import { trimFeedback } from "../../kernel/feedback.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { DecisionCategory, DecisionStatus } from "../../kernel/states.ts";

/** What a decision affects beside its story and task (DOMAIN.md §5, AFFECTS). */
export type Affected = {
  /** The number of the pull request on which it was made. */
  readonly pullRequest: number | null;
  /** The commit that it was made on, or that was reviewed, and its tree. */
  readonly commit: { readonly sha: string; readonly tree: string | null } | null;
  /** Paths of the change that its text names or that a review remarks on, at most `mostFiles`. */
  readonly files: readonly string[];
};

/** So many decisions of a story are read at once, the latest ones: what people are shown is a part of these. */
export const mostDecisionsRead = 1_000;

/** The most files that a decision is linked to. */
const mostFiles = 10;

/** What became of a proposal. */
export type Judgement = {
  readonly by: Principal;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Why, for a rejection. */
  readonly reason: string | null;
};

/** A decision, as people made it (DOMAIN.md §5): it affects its story, and its task where it was made on one. */
export type Decision = {
  /** `<story id>-d-<what it was made by>`: derived, so that the same delivery can never record two. */
  readonly id: string;
  /** 1 for the first of its story, and so on: people name it `D1`. */
  readonly number: number;
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
  readonly affects: Affected;
  /** Null where nobody judged it: the word of whoever made it decided, or it is still a proposal. */
  readonly judgement: Judgement | null;
};

/** As people name it. */
export function decisionName({ number }: Pick<Decision, "number">): string {
  return `D${number}`;
}

/** The files of a decision: each once, no more than are kept. */
export function boundFiles(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].slice(0, mostFiles);
}

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
