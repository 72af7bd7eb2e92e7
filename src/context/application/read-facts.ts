import { UserError } from "../../kernel/errors.ts";
import { knowsPeople } from "../domain/access/columns.ts";
import { blocksFor } from "../domain/block-table.ts";
import { type ContextViewer, factQueries } from "../domain/fact-queries.ts";
import { factsOfRows } from "../domain/facts-of-rows.ts";
import type { GraphFacts } from "../domain/written-facts.ts";
import type { AskedOf, ReadBeside } from "./access/attempt-read.ts";
import type { ReadEntitiesDeps } from "./access/ports.ts";
import { readTogetherWith } from "./access/read-entities.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";
import { mostEvents, storyTimeline } from "./story-timeline.ts";

export type ReadFactsDeps = ReadEntitiesDeps & Pick<KnowledgeDeps, "knowledge" | "readEvents">;

export type FactsAsked = {
  readonly viewer: ContextViewer;
} & Pick<AskedOf<unknown>, "asker" | "purpose">;

/** What of a story and a task is kept in the graph; what a reviewer says comes with whatever the context is for. */
export type KeptFacts = Omit<GraphFacts, "feedback">;

/**
 * Reads what the context of a role and a phase is made of beside code: by the rules of access (DOMAIN.md §4, L3) and for the
 * blocks of §5, in one transaction that records each access, denials too.
 * @throws UserError where the viewer does not see the story or its task: not there and hidden are told alike
 */
export async function readFacts(deps: ReadFactsDeps, { viewer, ...why }: FactsAsked): Promise<KeptFacts> {
  const queries = factQueries(viewer);
  const asked = { viewer, ...why, query: [...queries.values()] };
  const { pages, beside } = await readTogetherWith(deps, asked, whatHappened(deps, viewer));
  const names = [...queries.keys()];
  const found = factsOfRows((name) => pages[names.indexOf(name)]?.rows ?? []);
  if (found === null || (viewer.task !== null && found.task === null))
    throw new UserError(
      "not-found",
      `There is no such story or task here that an agent as ${viewer.role} sees.`,
      "Look at the id, or ask in a role that sees it.",
    );
  return { ...found, ...beside };
}

/** The timeline and the last summary, where a block shows them. An agent that need not know people is told of their roles. */
function whatHappened(
  { knowledge, readEvents }: ReadFactsDeps,
  { role, context: { story, phase } }: ContextViewer,
): ReadBeside<Pick<KeptFacts, "milestones" | "summary">> {
  const has = (name: string): boolean => blocksFor(role, phase).some((block) => block.name === name);
  return async (tx) => {
    const who = knowsPeople(role, true) ? "named" : "unnamed";
    const [lines, last] = await Promise.all([
      has("milestones") ? storyTimeline({ readEvents }, tx, story, { most: mostEvents, who }) : null,
      has("summary") ? knowledge.summaryOf(tx, story) : null,
    ]);
    const summaryRows = last === null ? 0 : 1;
    return {
      read: {
        milestones: (lines ?? []).toReversed().map(({ id, at, text }) => ({ id, text: `${at.slice(0, 16)}Z ${text}` })),
        summary: last === null ? null : { id: last.story, text: last.text, by: last.by },
      },
      records: [
        ...(lines === null
          ? []
          : [{ entity: "event", shape: `timeline (${who}); limit ${mostEvents}`, rows: lines.length, columns: 2 }]),
        ...(has("summary") ? [{ entity: "summary", shape: "the last one", rows: summaryRows, columns: 1 }] : []),
      ],
    };
  };
}
