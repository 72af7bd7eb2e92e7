import { changedProperties } from "../../kernel/changed-properties.ts";
import { RetryableError } from "../../kernel/errors.ts";
import type { CeremonyId, StoryId } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { lockNode } from "../../platform/graph/lock-node.ts";
import { timelineProperties } from "../../platform/graph/timeline-row.ts";
import type { Ceremonies, CeremonyFilter } from "../application/ports.ts";
import type { Ceremony, CeremonyRecord } from "../domain/ceremony/ceremony.ts";
import { ceremonyProperties, readCeremonyRecord, readCeremonyRow } from "./ceremony-row.ts";

/** Ceremonies in the graph: Ceremony −CONTAINS→ Story and NEXT, the timeline (DOMAIN.md §5). */
export const graphCeremonies: Ceremonies = { create, load, loadForChange, save, ofStory, find, history };

async function create(tx: Transaction, ceremony: Ceremony, records: readonly CeremonyRecord[]): Promise<void> {
  await tx.run("CREATE (c:Ceremony {id: $id}) SET c += $properties", {
    id: ceremony.id,
    properties: ceremonyProperties(ceremony),
  });
  await append(tx, ceremony.id, 0, records);
  await linkStories(tx, ceremony);
}

async function load(tx: Transaction, id: CeremonyId): Promise<Ceremony | null> {
  const [row] = await tx.run("MATCH (c:Ceremony {id: $id}) RETURN c {.*} AS ceremony", { id });
  return row === undefined ? null : readCeremonyRow(row["ceremony"]);
}

async function loadForChange(tx: Transaction, id: CeremonyId): Promise<Ceremony | null> {
  return (await lockNode(tx, "Ceremony", id)) ? load(tx, id) : null;
}

async function save(
  tx: Transaction,
  before: Ceremony,
  after: Ceremony,
  records: readonly CeremonyRecord[],
): Promise<void> {
  const properties = changedProperties(ceremonyProperties(before), ceremonyProperties(after));
  const [row] = await tx.run(
    `MATCH (c:Ceremony {id: $id}) WITH c WHERE c.version = $version
     SET c += $properties RETURN count(c) AS saved`,
    { id: before.id, version: before.version, properties },
  );
  if (row?.["saved"] !== 1) throw new RetryableError(`Ceremony ${before.id} changed while it was being changed.`, 100);
  await append(tx, before.id, before.version, records);
  if (storyIds(before).join() !== storyIds(after).join()) await linkStories(tx, after);
}

async function ofStory(tx: Transaction, id: StoryId): Promise<readonly Ceremony[]> {
  const holding = await tx.run("MATCH (:Story {id: $id})<-[:CONTAINS]-(c:Ceremony) RETURN c {.*} AS ceremony", { id });
  const called = await tx.run("MATCH (c:Ceremony {calledOn: $id}) RETURN c {.*} AS ceremony", { id });
  const all = [...holding, ...called].map((row) => readCeremonyRow(row["ceremony"]));
  const once = new Map(all.map((ceremony) => [ceremony.id, ceremony]));
  return [...once.values()].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
}

async function find(tx: Transaction, { repository, states }: CeremonyFilter): Promise<readonly Ceremony[]> {
  const conditions = [
    ...(repository === undefined ? [] : ["c.repository = $repository"]),
    ...(states === undefined ? [] : ["c.state IN $states"]),
  ];
  const rows = await tx.run(
    `MATCH (c:Ceremony) ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
     RETURN c {.*} AS ceremony ORDER BY c.createdAt, c.id`,
    { ...(repository === undefined ? {} : { repository }), ...(states === undefined ? {} : { states }) },
  );
  return rows.map((row) => readCeremonyRow(row["ceremony"]));
}

async function history(tx: Transaction, id: CeremonyId): Promise<readonly CeremonyRecord[]> {
  const rows = await tx.run(
    "MATCH (:Ceremony {id: $id})-[:NEXT]->(t:Transition) RETURN t {.*} AS record ORDER BY t.sequence",
    { id },
  );
  return rows.map((row) => readCeremonyRecord(row["record"]));
}

async function append(
  tx: Transaction,
  id: CeremonyId,
  version: number,
  records: readonly CeremonyRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.run(
    `MATCH (c:Ceremony {id: $id})
     UNWIND $records AS record
     CREATE (c)-[:NEXT]->(t:Transition) SET t += record`,
    { id, records: timelineProperties(version, records) },
  );
}

async function linkStories(tx: Transaction, ceremony: Ceremony): Promise<void> {
  await tx.run("MATCH (:Ceremony {id: $id})-[link:CONTAINS]->(:Story) DELETE link", { id: ceremony.id });
  for (const story of storyIds(ceremony)) {
    await tx.run("MATCH (c:Ceremony {id: $id}), (s:Story {id: $story}) MERGE (c)-[:CONTAINS]->(s)", {
      id: ceremony.id,
      story,
    });
  }
}

function storyIds({ stories }: Ceremony): readonly StoryId[] {
  return stories.map(({ storyId }) => storyId);
}
