import type { StoryId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { CountTokens } from "../domain/context.ts";
import type { BoundedText } from "../domain/fit-drafts.ts";
import { ownTasksOf, type Session, type SessionFacts, sessionContext } from "../domain/session.ts";
import type { Summary } from "../domain/summary.ts";
import type { TimelineEntry } from "../domain/timeline.ts";
import type { AccessRecord, RecordAbout } from "./access/ports.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";
import { mostEvents, storyTimeline } from "./story-timeline.ts";

export type SessionDeps = KnowledgeDeps & {
  /**
   * What the graph knows of a story; null where there is none with that id. With a role: its own tasks, and the decisions in
   * force about those or the whole story; nothing else is read.
   */
  readonly sessionFacts: (tx: Transaction, story: StoryId, ownTasks: Role | null) => Promise<SessionFacts | null>;
  readonly recordAccesses: RecordAbout;
};

/** Whose session it is, who asked for it, and why (for the audit). */
export type SessionAsked = {
  readonly story: StoryId;
  /** What concerns this role; null: all of it. */
  readonly role: Role | null;
  readonly asker: Principal;
  readonly purpose: string;
};

/** What a session may take for people, in tokens. */
export const sessionTokens = 2_000;

/**
 * What is needed to go on with a story after a restart, or for a new agent (DOMAIN.md §5), as far as it concerns a role; null
 * where there is no such story. The fleet reads it, and each access is recorded in the same transaction.
 */
export async function rehydrateSession(deps: SessionDeps, asked: SessionAsked): Promise<Session | null> {
  const { story, role } = asked;
  return deps.graph.write(async (tx) => {
    const own = ownTasksOf(role);
    const facts = await deps.sessionFacts(tx, story, own);
    if (facts === null) return null;
    const tasks = own === null ? undefined : facts.tasks.map(({ id }) => id);
    const timeline = await storyTimeline(deps, tx, story, { most: mostEvents, tasks });
    const summary = await deps.knowledge.summaryOf(tx, story);
    const session = { ...facts, role, timeline, summary };
    const { installation, repository } = facts.story;
    await deps.recordAccesses(tx, { installation, repository, story, task: null }, recordsOf(asked, session));
    return session;
  });
}

/** What was read, in rows and columns: as the fleet reads it, for whoever asked. */
function recordsOf(
  { asker, purpose, role }: SessionAsked,
  { plan, tasks, decisions, timeline, summary }: Session,
): readonly AccessRecord[] {
  const read = (entity: string, shape: string, rows: number, columns: number): AccessRecord => ({
    ...{ principal: asker, role: role ?? "system", purpose: `${purpose}, as the fleet sees it` },
    ...{ entity, shape, rows, columns, outcome: "allowed", reason: null },
  });
  const only = ownTasksOf(role) === null ? "" : "; own tasks";
  return [
    read("story", "story(id number title state)", 1, 4),
    read("plan", "plan(id version status)", plan === null ? 0 : 1, 3),
    read("task", `task(id number title role state round branch pullRequest dependencies)${only}`, tasks.length, 9),
    read("decision", `decision(id number title status task dependencies affected)${only}`, decisions.length, 7),
    read("event", `timeline (named); limit ${mostEvents}${only}`, timeline.length, 2),
    read("summary", "the last one", summary === null ? 0 : 1, 1),
  ];
}

/** The same as text, never over the budget of tokens. */
export async function sessionText(
  deps: SessionDeps,
  { budgetTokens, ...asked }: SessionAsked & { readonly budgetTokens: number },
  countTokens: CountTokens,
): Promise<BoundedText | null> {
  const session = await rehydrateSession(deps, asked);
  return session === null ? null : sessionContext(session, budgetTokens, countTokens);
}

/** What happened in a story since a time (ISO 8601), as far as the session tells it, oldest first; empty where there is no such story. */
export async function happenedSince(
  deps: SessionDeps,
  { since, ...asked }: SessionAsked & { readonly since: string },
): Promise<readonly TimelineEntry[]> {
  const session = await rehydrateSession(deps, asked);
  return session === null ? [] : session.timeline.filter(({ at }) => Date.parse(at) > Date.parse(since));
}

/** The last summary of a story; null before the first chapter of it has ended. */
export function lastSummary(deps: KnowledgeDeps, story: StoryId): Promise<Summary | null> {
  return deps.graph.read((tx) => deps.knowledge.summaryOf(tx, story));
}
