import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { lockName } from "../../platform/graph/lock-name.ts";
import { lockNode } from "../../platform/graph/lock-node.ts";
import type {
  Allowance,
  BudgetFigures,
  BudgetFiguresOf,
  Deliberations,
  Spent,
  TokensUsed,
} from "../application/use-case-ports.ts";
import type { Deliberation } from "../domain/deliberation.ts";
import { councilHistory } from "./deliberation-history.ts";
import {
  deliberationProperties,
  proposalProperties,
  readDeliberationRow,
  reviewProperties,
} from "./deliberation-row.ts";

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
  lockTokens,
  saveUse,
  budgetFigures,
  allowed,
  allowMore,
  spent,
  history: councilHistory,
};

function create(tx: Transaction, deliberation: Deliberation): Promise<boolean> {
  return createOnce(tx, "Deliberation", deliberation.id, deliberationProperties(deliberation));
}

/** Makes a node where there is none with that id; true when it was made. */
async function createOnce(
  tx: Transaction,
  label: "Deliberation" | "TokenAllowance",
  id: string,
  properties: Properties,
): Promise<boolean> {
  const rows = await tx.run(
    `MERGE (n:${label} {id: $id})
     ON CREATE SET n += $properties, n.fresh = true
     WITH n, n.fresh IS NOT NULL AS created
     REMOVE n.fresh
     RETURN created`,
    { id, properties },
  );
  return rows[0]?.["created"] === true;
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

function lockTokens(tx: Transaction, repository: number): Promise<void> {
  return lockName(tx, `tokens-of-${repository}`);
}

const sums = z.object({ used: z.number(), held: z.number(), heldMinutes: z.number(), ms: z.number() });

async function saveUse(tx: Transaction, { id, held, tokens, ...use }: TokensUsed): Promise<void> {
  const properties = {
    ...use,
    held: tokens === null ? held : 0,
    tokensIn: tokens?.in ?? 0,
    tokensOut: tokens?.out ?? 0,
  };
  await tx.run("MERGE (u:TokenUse {id: $id}) SET u += $properties", { id, properties });
}

/** What councils used and hold, and others beside them; a task's budget is its councils' alone. */
async function budgetFigures(tx: Transaction, of: BudgetFiguresOf): Promise<BudgetFigures> {
  const councils = await councilSums(tx, of);
  const others = "story" in of && of.task !== undefined ? nothing : await otherSums(tx, of);
  const ms = councils.ms + others.ms;
  return {
    tokens: { used: councils.used + others.used, held: councils.held + others.held },
    minutes: { used: Math.ceil(ms / 60_000), held: Math.ceil(councils.heldMinutes) },
    ms,
  };
}

const nothing = { used: 0, held: 0, heldMinutes: 0, ms: 0 };

async function otherSums(tx: Transaction, of: BudgetFiguresOf) {
  const [row] = await tx.run(
    `MATCH (u:TokenUse ${"story" in of ? "{story: $story}" : "{repository: $repository}"})
     WHERE ${"story" in of ? "true" : "u.at >= $since"}
     RETURN coalesce(sum(u.tokensIn), 0) + coalesce(sum(u.tokensOut), 0) AS used,
            coalesce(sum(u.held), 0) AS held, coalesce(sum(u.ms), 0) AS ms`,
    of,
  );
  return { ...sums.omit({ heldMinutes: true }).parse(row), heldMinutes: 0 };
}

async function councilSums(tx: Transaction, of: BudgetFiguresOf) {
  const [row] = await tx.run(
    `MATCH (d:Deliberation ${"story" in of ? "{story: $story}" : "{repository: $repository}"})
     WHERE ${"story" in of ? (of.task === undefined ? "true" : "d.task = $task") : "d.grantAt >= $since"}
     RETURN coalesce(sum(d.tokensIn), 0) + coalesce(sum(d.tokensOut), 0) AS used,
            coalesce(sum(CASE WHEN d.endedAt IS NULL THEN d.grantTokens ELSE 0 END), 0) AS held,
            coalesce(sum(CASE WHEN d.endedAt IS NULL THEN d.grantMinutes ELSE 0 END), 0) AS heldMinutes,
            coalesce(sum(d.ms), 0) AS ms`,
    of,
  );
  return sums.parse(row);
}

const allowedSums = z.object({ tokens: z.number(), minutes: z.number() });

/** Allowances of an earlier version are of tokens alone. */
async function allowed(tx: Transaction, about: string): Promise<z.infer<typeof allowedSums>> {
  const [row] = await tx.run(
    `MATCH (a:TokenAllowance {about: $about})
     RETURN coalesce(sum(a.tokens), 0) AS tokens, coalesce(sum(coalesce(a.minutes, 0)), 0) AS minutes`,
    { about },
  );
  return allowedSums.parse(row);
}

function allowMore(tx: Transaction, allowance: Allowance): Promise<boolean> {
  return createOnce(tx, "TokenAllowance", allowance.id, { ...allowance });
}

const figures = z.object({ councils: z.number(), tokensIn: z.number(), tokensOut: z.number(), ms: z.number() });

async function spent(tx: Transaction, story: string): Promise<Spent> {
  const [row] = await tx.run(
    `MATCH (d:Deliberation {story: $story}) WHERE d.status <> 'waiting'
     RETURN count(d) AS councils, coalesce(sum(d.tokensIn), 0) AS tokensIn, coalesce(sum(d.tokensOut), 0) AS tokensOut,
            coalesce(sum(d.ms), 0) AS ms`,
    { story },
  );
  const { councils, tokensIn, tokensOut, ms } = figures.parse(row);
  const [others] = await tx.run(
    `MATCH (u:TokenUse {story: $story})
     RETURN coalesce(sum(u.tokensIn), 0) AS tokensIn, coalesce(sum(u.tokensOut), 0) AS tokensOut,
            coalesce(sum(u.ms), 0) AS ms`,
    { story },
  );
  const beside = figures.omit({ councils: true }).parse(others);
  const tokens = { in: tokensIn + beside.tokensIn, out: tokensOut + beside.tokensOut };
  return { councils, tokens, ms: ms + beside.ms };
}

async function candidatesOf(tx: Transaction, id: string): Promise<readonly string[]> {
  const rows = await tx.run(
    "MATCH (:Deliberation {id: $id})-[:PRODUCED]->(p:Proposal) RETURN p.candidate AS candidate ORDER BY p.rank",
    { id },
  );
  return rows.flatMap((row) => (typeof row["candidate"] === "string" ? [row["candidate"]] : []));
}
