import type { Properties } from "../../kernel/changed-properties.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { lockNode } from "../../platform/graph/lock-node.ts";
import type { Deliberations } from "../application/use-case-ports.ts";
import type { Deliberation } from "../domain/deliberation.ts";
import { createOnce } from "./create-once.ts";
import { councilHistory } from "./deliberation-history.ts";
import {
  deliberationProperties,
  proposalProperties,
  readDeliberationRow,
  reviewProperties,
} from "./deliberation-row.ts";
import { graphBudgets } from "./graph-budgets.ts";

/** Deliberations in the graph: Deliberation −PRODUCED→ Proposal or Review (DOMAIN.md §5). */
export const graphDeliberations: Deliberations = {
  create,
  load,
  loadForChange,
  save,
  find,
  adviceOn,
  hasCandidate,
  ofStory,
  waiting,
  ...graphBudgets,
  history: councilHistory,
};

function create(tx: Transaction, deliberation: Deliberation): Promise<boolean> {
  return createOnce(tx, "Deliberation", deliberation.id, deliberationProperties(deliberation));
}

async function load(tx: Transaction, id: string): Promise<Deliberation | null> {
  const [row] = await tx.run("MATCH (d:Deliberation {id: $id}) RETURN d {.*} AS deliberation", { id });
  return row === undefined ? null : readDeliberationRow(row["deliberation"], await candidatesOf(tx, id));
}

async function loadForChange(tx: Transaction, id: string): Promise<Deliberation | null> {
  return (await lockNode(tx, "Deliberation", id)) ? load(tx, id) : null;
}

async function save(tx: Transaction, deliberation: Deliberation): Promise<void> {
  await tx.run("MATCH (d:Deliberation {id: $id}) SET d += $properties", {
    id: deliberation.id,
    properties: deliberationProperties(deliberation),
  });
  const { outcome } = deliberation;
  if (outcome?.kind === "implementation") {
    const proposals = outcome.candidates.map((candidate) => proposalProperties(deliberation, candidate));
    await saveProducts(tx, deliberation.id, "Proposal", proposals);
  } else if (outcome?.kind === "review") {
    const given = outcome.reviews.filter(({ review }) => review !== null);
    const reviews = given.map((review) => reviewProperties(deliberation, review));
    await saveProducts(tx, deliberation.id, "Review", reviews);
  }
}

async function saveProducts(
  tx: Transaction,
  id: string,
  label: "Proposal" | "Review",
  products: readonly Properties[],
): Promise<void> {
  if (products.length === 0) return;
  await tx.run(
    `MATCH (d:Deliberation {id: $id})
     UNWIND $products AS product
     MERGE (p:${label} {id: product.id})
     SET p += product
     MERGE (d)-[:PRODUCED]->(p)`,
    { id, products },
  );
}

async function find(
  tx: Transaction,
  { story, task }: { readonly story: string; readonly task: string | null },
): Promise<readonly Deliberation[]> {
  const rows = await tx.run(
    `MATCH (d:Deliberation {story: $story})
     WHERE ${task === null ? "d.task IS NULL AND d.kind = 'plan'" : "d.task = $task AND d.kind = 'implementation'"}
     RETURN d {.*} AS deliberation ORDER BY d.round DESC`,
    { story, ...(task === null ? {} : { task }) },
  );
  const all = rows.map((row) => readDeliberationRow(row["deliberation"], []));
  const [first, ...rest] = all;
  if (first === undefined) return [];
  const whole = await load(tx, first.id);
  return [whole ?? first, ...rest];
}

async function adviceOn(tx: Transaction, about: { readonly story: string; readonly task: string }) {
  const [row] = await tx.run(
    `MATCH (d:Deliberation {story: $story}) WHERE d.task = $task AND d.kind = 'advice'
     RETURN d {.*} AS deliberation ORDER BY d.startedAt DESC, d.id DESC LIMIT 1`,
    { story: about.story, task: about.task },
  );
  return row === undefined ? null : readDeliberationRow(row["deliberation"], []);
}

async function hasCandidate(
  tx: Transaction,
  of: { readonly story: string; readonly task: string; readonly tree: string },
): Promise<boolean> {
  const rows = await tx.run(
    `MATCH (d:Deliberation {story: $story})-[:PRODUCED]->(p:Proposal)
     WHERE d.task = $task AND p.treeHash = $tree
     RETURN p.id AS id LIMIT 1`,
    of,
  );
  return rows.length > 0;
}

async function ofStory(tx: Transaction, story: string): Promise<readonly Deliberation[]> {
  const rows = await tx.run(
    "MATCH (d:Deliberation {story: $story}) RETURN d {.*} AS deliberation ORDER BY d.startedAt, d.id",
    { story },
  );
  return rows.map((row) => readDeliberationRow(row["deliberation"], []));
}

async function waiting(tx: Transaction): Promise<readonly Deliberation[]> {
  const rows = await tx.run(
    "MATCH (d:Deliberation {status: 'waiting'}) RETURN d {.*} AS deliberation ORDER BY d.startedAt, d.id",
  );
  return rows.map((row) => readDeliberationRow(row["deliberation"], []));
}

async function candidatesOf(tx: Transaction, id: string): Promise<readonly string[]> {
  const rows = await tx.run(
    "MATCH (:Deliberation {id: $id})-[:PRODUCED]->(p:Proposal) RETURN p.candidate AS candidate ORDER BY p.rank",
    { id },
  );
  return rows.flatMap((row) => (typeof row["candidate"] === "string" ? [row["candidate"]] : []));
}
