import type { StoryId } from "../../kernel/ids.ts";
import type { Role } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { CountTokens } from "../domain/context.ts";
import type { BoundedText } from "../domain/fit-drafts.ts";
import { forItsRole, type Session, type SessionFacts, sessionContext } from "../domain/session.ts";
import type { Summary } from "../domain/summary.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";
import { mostEvents, storyTimeline } from "./story-timeline.ts";

export type SessionDeps = KnowledgeDeps & {
  /** What the graph knows of a story; null where there is none with that id. */
  readonly sessionFacts: (tx: Transaction, story: StoryId) => Promise<SessionFacts | null>;
};

/** What a session may take for people, in tokens. */
export const sessionTokens = 2_000;

/**
 * What is needed to go on with a story after a restart, or for a new agent (DOMAIN.md §5), as far as it concerns a role; null
 * where there is no such story.
 */
export async function rehydrateSession(deps: SessionDeps, story: StoryId, role: Role | null): Promise<Session | null> {
  return deps.graph.read(async (tx) => {
    const facts = await deps.sessionFacts(tx, story);
    if (facts === null) return null;
    const timeline = await storyTimeline(deps, tx, story, mostEvents);
    const summary = await deps.knowledge.summaryOf(tx, story);
    return forItsRole({ ...facts, role, timeline, summary });
  });
}

/** The same as text, never over the budget of tokens. */
export async function sessionText(
  deps: SessionDeps,
  about: { readonly story: StoryId; readonly role: Role | null; readonly budgetTokens: number },
  countTokens: CountTokens,
): Promise<BoundedText | null> {
  const session = await rehydrateSession(deps, about.story, about.role);
  return session === null ? null : sessionContext(session, about.budgetTokens, countTokens);
}

/** The last summary of a story; null before the first chapter of it has ended. */
export function lastSummary(deps: KnowledgeDeps, story: StoryId): Promise<Summary | null> {
  return deps.graph.read((tx) => deps.knowledge.summaryOf(tx, story));
}
