import { z } from "zod";
import { roles } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { Knowledge } from "../application/knowledge-ports.ts";
import { type RelationshipShape, relationshipShapes } from "../domain/graph-model.ts";
import { type GraphLink, type Known, madeByProjections, namedDecisions } from "../domain/projections.ts";
import type { Summary } from "../domain/summary.ts";

/** What projections write and ask, in the graph that the aggregates are in. */
export const graphKnowledge: Knowledge = {
  link,
  proposalsOf,
  decisionsNamedBy,
  unassignEpic,
  saveSummary,
  summaryOf: (tx, story) => summaryOf(tx, story),
  summaryForChange,
  removeProjected,
};

async function link(tx: Transaction, links: readonly GraphLink[]): Promise<void> {
  const byStatement = new Map<string, GraphLink[]>();
  for (const each of links) {
    const statement = linkStatement({ from: each.from.label, type: each.type, to: each.to.label });
    byStatement.set(statement, [...(byStatement.get(statement) ?? []), each]);
  }
  for (const [statement, alike] of byStatement) {
    const rows = alike.map(({ from, to }) => ({
      from: from.id,
      fromProperties: from.properties ?? {},
      to: to.id,
      toProperties: to.properties ?? {},
    }));
    await tx.run(statement, { rows });
  }
}

/** What must be there is looked for first, so that nothing is made for a link to what is not. */
function linkStatement({ from, type, to }: RelationshipShape): string {
  const ends = [
    { name: "a", label: from, id: "row.from", properties: "row.fromProperties" },
    { name: "b", label: to, id: "row.to", properties: "row.toProperties" },
  ];
  const found = ends.filter(({ label }) => !madeByProjections.includes(label));
  const made = ends.filter(({ label }) => madeByProjections.includes(label));
  return [
    "UNWIND $rows AS row",
    ...found.map(({ name, label, id }) => `MATCH (${name}:${label} {id: ${id}})`),
    ...made.map(
      ({ name, label, id, properties }) => `MERGE (${name}:${label} {id: ${id}}) SET ${name} += ${properties}`,
    ),
    `MERGE (a)-[:${type}]->(b)`,
  ].join("\n");
}

const proposalRow = z.object({ role: z.enum(roles), id: z.string(), member: z.int() });

async function proposalsOf(tx: Transaction, deliberation: string): Promise<NonNullable<Known["proposals"]> | null> {
  const rows = await tx.run(
    `MATCH (d:Deliberation {id: $deliberation})-[:PRODUCED]->(p:Proposal)
     MATCH (t:Task {id: d.task})
     RETURN t.role AS role, p.id AS id, p.member AS member ORDER BY id`,
    { deliberation },
  );
  const made = rows.map((row) => proposalRow.parse(row));
  return made[0] === undefined ? null : { role: made[0].role, made };
}

const decisionRow = z.object({ story: z.string(), number: z.int(), text: z.string() });
const idRow = z.object({ id: z.string() });

async function decisionsNamedBy(tx: Transaction, decision: string): Promise<readonly string[]> {
  const [row] = await tx.run(
    "MATCH (d:Decision {id: $decision}) RETURN d.story AS story, d.number AS number, d.rationale AS text",
    { decision },
  );
  if (row === undefined) return [];
  const { story, number, text } = decisionRow.parse(row);
  const numbers = namedDecisions(text, number);
  if (numbers.length === 0) return [];
  const rows = await tx.run(
    "MATCH (d:Decision {story: $story}) WITH d WHERE d.number IN $numbers RETURN d.id AS id ORDER BY id",
    { story, numbers },
  );
  return rows.map((found) => idRow.parse(found).id);
}

const epicRow = z.object({
  people: z
    .string()
    .transform((text) => z.array(z.object({ id: z.int(), login: z.string() })).parse(JSON.parse(text)))
    .nullable(),
});

async function unassignEpic(tx: Transaction, epic: string): Promise<NonNullable<Known["assigned"]>> {
  // Locked first: of two that are projected at once the one reads what the other has linked.
  const [row] = await tx.run("MATCH (e:Epic {id: $epic}) SET e._lock = true REMOVE e._lock RETURN e.people AS people", {
    epic,
  });
  if (row === undefined) return [];
  await tx.run("MATCH (:Epic {id: $epic})-[a:ASSIGNED_TO]->(:Person) DELETE a", { epic });
  return epicRow.parse(row).people ?? [];
}

async function saveSummary(tx: Transaction, { story, ...summary }: Summary): Promise<void> {
  // Locked before the comparison: of two that are written at once the one that tells of more stays.
  await tx.run(
    `MERGE (s:Summary {id: $story}) SET s._lock = true REMOVE s._lock
     WITH s WHERE s.upTo IS NULL OR s.upTo < $upTo OR (s.upTo = $upTo AND ($by = 'model' OR s.by = 'template'))
     SET s += $summary`,
    { story, upTo: summary.upTo, by: summary.by, summary },
  );
}

const summaryRow = z.object({
  id: z.string(),
  text: z.string(),
  by: z.enum(["template", "model"]),
  model: z
    .string()
    .nullish()
    .transform((model) => model ?? null),
  at: z.string(),
  upTo: z.string(),
});

async function summaryOf(tx: Transaction, story: string, lock = ""): Promise<Summary | null> {
  const [row] = await tx.run(`MATCH (s:Summary {id: $story})${lock} RETURN s {.*} AS summary`, { story });
  if (row === undefined) return null;
  const { id, ...summary } = summaryRow.parse(row["summary"]);
  return { story: id, ...summary };
}

function summaryForChange(tx: Transaction, story: string): Promise<Summary | null> {
  return summaryOf(tx, story, " SET s._lock = true REMOVE s._lock");
}

/** So much is removed in one transaction of each kind. */
const removedAtOnce = 1_000;

/**
 * What a rebuild takes away. The nodes that others make as well stay: a person, an agent, a commit, a pull request or a
 * repository is the same whoever makes it, and so is its id.
 */
const removals: readonly string[] = [
  ...relationshipShapes
    .filter(({ by }) => by === "projections")
    .map(({ from, type, to }) => `MATCH (:${from})-[n:${type}]->(:${to}) WITH n LIMIT $most DELETE n`),
  // A council's reviews are the council's.
  "MATCH (n:Review) WHERE n.deliberation IS NULL WITH n LIMIT $most DETACH DELETE n",
  "MATCH (n:Summary) WITH n LIMIT $most DETACH DELETE n",
];

const countRow = z.object({ removed: z.int() });

async function removeProjected(tx: Transaction): Promise<number> {
  let removed = 0;
  for (const removal of removals) {
    const [row] = await tx.run(`${removal} RETURN count(*) AS removed`, { most: removedAtOnce });
    removed += countRow.parse(row).removed;
  }
  return removed;
}
