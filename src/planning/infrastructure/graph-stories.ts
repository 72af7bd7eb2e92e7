import { z } from "zod";
import { changedProperties } from "../../kernel/changed-properties.ts";
import { RetryableError } from "../../kernel/errors.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import type { StoryId } from "../../kernel/ids.ts";
import type { GraphRow, Transaction, UnitOfWork } from "../../kernel/transaction.ts";
import { timelineProperties } from "../../platform/graph/timeline-row.ts";
import { appendEventRows, appendEvents, eventRow } from "../../platform/outbox/append-events.ts";
import type { Stories, StoryFilter } from "../application/ports.ts";
import { epicId } from "../domain/epic.ts";
import type { Story, TransitionRecord } from "../domain/story.ts";
import {
  planId,
  planProperties,
  readPlanRow,
  readStoryRow,
  type StoredStory,
  storyProperties,
  textProperties,
} from "./story-row.ts";
import { readTransitionRow } from "./transition-row.ts";

/** Stories in the graph, with the relationships of DOMAIN.md §5: CONTAINS, HAS_PLAN and NEXT (the timeline). */
export const graphStories: Stories = { loadForChange, load, find, loadOrCreate, save, saveAlone, mendTexts, history };

/**
 * Takes the node's write lock and leaves nothing behind: a read alone takes none on Neo4j, and neither does the `REMOVE`
 * of a property that no node of the store has ever had.
 */
const lock = "SET s._lock = true REMOVE s._lock";

/** The story and its plan in one journey. */
const withItsPlan =
  "OPTIONAL MATCH (s)-[:HAS_PLAN]->(p:Plan) WHERE p.version = s.planVersion RETURN s {.*} AS story, p {.*} AS plan";

async function loadForChange(tx: Transaction, id: StoryId): Promise<Story | null> {
  return storyIn(await tx.run(`MATCH (s:Story {id: $id}) ${lock} WITH s ${withItsPlan}`, { id }));
}

async function load(tx: Transaction, id: StoryId): Promise<Story | null> {
  return storyIn(await tx.run(`MATCH (s:Story {id: $id}) ${withItsPlan}`, { id }));
}

function storyIn([row]: readonly GraphRow[]): Story | null {
  if (row === undefined) return null;
  const { story, planVersion } = readStoryRow(row["story"]);
  return planVersion === null ? story : { ...story, plan: readPlanRow(row["plan"]) };
}

async function find(tx: Transaction, filter: StoryFilter): Promise<readonly Story[]> {
  const conditions = [
    ...(filter.repository === undefined ? [] : ["s.repository = $repository"]),
    ...(filter.states === undefined ? [] : ["s.state IN $states"]),
    ...(filter.milestone === undefined ? [] : ["s.milestoneNumber = $milestone"]),
  ];
  const rows = await tx.run(
    `MATCH (s:Story) ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
     RETURN s {.*} AS story ORDER BY s.repository, s.issueNumber`,
    {
      ...(filter.repository === undefined ? {} : { repository: filter.repository }),
      ...(filter.states === undefined ? {} : { states: filter.states }),
      ...(filter.milestone === undefined ? {} : { milestone: filter.milestone }),
    },
  );
  const stored = rows.map((row) => readStoryRow(row["story"]));
  const ids = stored.flatMap(({ story, planVersion }) => (planVersion === null ? [] : [planId(story.id, planVersion)]));
  if (ids.length === 0) {
    return stored.map(({ story }) => story);
  }
  const planRows = await tx.run("MATCH (p:Plan) WHERE p.id IN $ids RETURN p.story AS story, p {.*} AS plan", { ids });
  const plans = new Map(planRows.map((row) => [row["story"], readPlanRow(row["plan"])]));
  return stored.map(({ story }) => ({ ...story, plan: plans.get(story.id) ?? null }));
}

async function loadOrCreate(
  tx: Transaction,
  fresh: Story,
): Promise<{ readonly story: Story; readonly created: boolean }> {
  const properties = { ...storyProperties({ ...fresh, version: 1 }), ...textProperties(fresh) };
  const [row] = await tx.run(
    `MERGE (s:Story {id: $id})
     ON CREATE SET s += $properties, s.fresh = true
     WITH s, s.fresh IS NOT NULL AS created
     REMOVE s.fresh
     RETURN created, s {.*} AS story`,
    { id: fresh.id, properties },
  );
  if (row?.["created"] === true) {
    const story = { ...fresh, version: 1 };
    await linkEpics(tx, { ...story, milestone: null, parent: null }, story);
    return { story, created: true };
  }
  return { story: await withPlan(tx, readStoryRow(row?.["story"])), created: false };
}

async function save(tx: Transaction, before: Story, after: Story, records: readonly TransitionRecord[]): Promise<void> {
  const { cypher, parameters } = saving(before, after, records);
  expectSaved(before, await tx.run(`${cypher} RETURN saved`, parameters));
  await savePlan(tx, before, after);
  await linkEpics(tx, before, after);
}

async function saveAlone(
  graph: UnitOfWork,
  before: Story,
  after: Story,
  records: readonly TransitionRecord[],
  events: readonly FleetEvent[],
): Promise<void> {
  if (hasNewPlan(before, after) || hasOtherEpics(before, after)) {
    return graph.write(async (tx) => {
      await save(tx, before, after, records);
      await appendEvents(tx, events);
    });
  }
  const { cypher, parameters } = saving(before, after, records);
  const rows =
    events.length === 0
      ? await graph.writeOne(`${cypher} RETURN saved`, parameters)
      : await graph.writeOne(`${cypher} WITH saved WHERE saved > 0 ${appendEventRows} RETURN saved`, {
          ...parameters,
          events: events.map(eventRow),
        });
  expectSaved(before, rows);
}

/**
 * The story's node and its timeline; `saved` is 0 where the version is another by now, and nothing is written then. Locks
 * before it compares: the story may have been read before the transaction, and then it decides who was first.
 */
function saving(before: Story, after: Story, records: readonly TransitionRecord[]) {
  const properties = {
    ...changedProperties(storyProperties(before), storyProperties(after)),
    ...(after.body === before.body ? {} : textProperties(after)),
    version: before.version + 1,
  };
  const parameters = { id: before.id, version: before.version, properties };
  // The version is compared after a WITH: in a WHERE beside the id the embedded graph would scan every node for it.
  const update = `MATCH (s:Story {id: $id}) ${lock} WITH s WHERE s.version = $version SET s += $properties`;
  return records.length === 0
    ? { cypher: `${update} WITH count(s) AS saved`, parameters }
    : {
        cypher: `${update} WITH s UNWIND $records AS record
           CREATE (s)-[:NEXT]->(t:Transition) SET t += record WITH count(t) AS saved`,
        parameters: { ...parameters, records: timelineProperties(before.version, records) },
      };
}

function expectSaved(before: Story, rows: readonly GraphRow[]): void {
  if (!(Number(rows[0]?.["saved"] ?? 0) > 0)) {
    throw new RetryableError(`Story ${before.id} changed while it was being changed.`, 100);
  }
}

const textRow = z.object({
  id: z.string(),
  version: z.int(),
  description: z.string().nullable(),
  businessNotes: z.string().nullable(),
  criteria: z.array(z.string()).nullable(),
});

async function mendTexts(tx: Transaction, stories: readonly Story[]): Promise<readonly StoryId[]> {
  const rows = await tx.run(
    `UNWIND $ids AS id MATCH (s:Story {id: id})
     RETURN s.id AS id, s.version AS version, s.description AS description, s.businessNotes AS businessNotes,
            s.criteria AS criteria`,
    { ids: stories.map(({ id }) => id) },
  );
  const stored = new Map(rows.map((row) => textRow.parse(row)).map(({ id, ...known }) => [id, known]));
  const others = stories.flatMap((story) => {
    const { version, ...known } = stored.get(story.id) ?? { version: null };
    const properties = version === story.version ? changedProperties(known, textProperties(story)) : {};
    return Object.keys(properties).length === 0 ? [] : [{ id: story.id, version: story.version, properties }];
  });
  if (others.length === 0) return [];
  const mended = await tx.run(
    `UNWIND $others AS other MATCH (s:Story {id: other.id}) ${lock}
     WITH s, other WHERE s.version = other.version SET s += other.properties RETURN s.id AS id`,
    { others },
  );
  const ids = new Set(mended.map(({ id }) => id));
  return stories.flatMap(({ id }) => (ids.has(id) ? [id] : []));
}

async function history(tx: Transaction, id: StoryId): Promise<readonly TransitionRecord[]> {
  const rows = await tx.run(
    "MATCH (:Story {id: $id})-[:NEXT]->(t:Transition) RETURN t {.*} AS record ORDER BY t.sequence",
    { id },
  );
  return rows.map((row) => readTransitionRow(row["record"]));
}

async function withPlan(tx: Transaction, { story, planVersion }: StoredStory): Promise<Story> {
  if (planVersion === null) {
    return story;
  }
  const [row] = await tx.run("MATCH (p:Plan {id: $id}) RETURN p {.*} AS plan", { id: planId(story.id, planVersion) });
  return { ...story, plan: readPlanRow(row?.["plan"]) };
}

async function savePlan(tx: Transaction, before: Story, after: Story): Promise<void> {
  const { plan } = after;
  if (plan === null || !hasNewPlan(before, after)) {
    return;
  }
  await tx.run(
    "MATCH (s:Story {id: $story}) MERGE (p:Plan {id: $id}) SET p += $properties MERGE (s)-[:HAS_PLAN]->(p)",
    { story: before.id, id: planId(before.id, plan.version), properties: planProperties(before, plan) },
  );
}

/** The milestone and the parent issue, which contain the story as its epics. */
async function linkEpics(tx: Transaction, before: Story, after: Story): Promise<void> {
  if (!hasOtherEpics(before, after)) {
    return;
  }
  await tx.run("MATCH (:Epic)-[c:CONTAINS]->(:Story {id: $id}) DELETE c", { id: after.id });
  for (const { id, ...properties } of epicsOf(after)) {
    await tx.run("MERGE (e:Epic {id: $epic}) SET e += $properties", { epic: id, properties });
    await tx.run("MATCH (e:Epic {id: $epic}), (s:Story {id: $id}) MERGE (e)-[:CONTAINS]->(s)", {
      epic: id,
      id: after.id,
    });
  }
}

function hasNewPlan(before: Story, after: Story): boolean {
  return after.plan !== null && after.plan !== before.plan;
}

function hasOtherEpics(before: Story, after: Story): boolean {
  return JSON.stringify(epicsOf(before)) !== JSON.stringify(epicsOf(after));
}

function epicsOf({ installation, repository, milestone, parent }: Story) {
  const place = { installation, repository };
  return [
    ...(milestone === null ? [] : [{ id: epicId(repository, "milestone", milestone.number), ...place, ...milestone }]),
    ...(parent === null ? [] : [{ id: epicId(repository, "issue", parent.number), ...place, ...parent }]),
  ];
}
