import { z } from "zod";
import { eventPayloads } from "../../kernel/event.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { isStoryId, isTaskId } from "../../kernel/parse-ids.ts";
import { principalKey, principalName } from "../../kernel/principal.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { Decisions } from "../application/ports.ts";
import type { Decision } from "../domain/decision.ts";

/** Decisions in the graph: Decision −AFFECTS→ Story or Task, Decision −DECIDED_BY→ Person or Agent (DOMAIN.md §5). */
export const graphDecisions: Decisions = { create, ofStory };

const author = eventPayloads["planning.decision.recorded"].shape.principal;

const decisionRow = z.object({
  id: z.string(),
  story: z.custom<StoryId>((id) => typeof id === "string" && isStoryId(id)),
  task: z.custom<TaskId>((id) => typeof id === "string" && isTaskId(id)).nullish(),
  title: z.string(),
  rationale: z.string(),
  category: z.enum(["stated", "review"]),
  status: z.enum(["proposed", "approved"]),
  author: z.string().transform((text) => author.parse(JSON.parse(text))),
  at: z.string(),
});

async function create(tx: Transaction, decision: Decision): Promise<boolean> {
  const { storyId: story, taskId: task, author: by, ...rest } = decision;
  const properties = { ...rest, story, task, author: JSON.stringify(by) };
  const [row] = await tx.run(
    `MERGE (d:Decision {id: $id})
     ON CREATE SET d += $properties, d.fresh = true
     WITH d, d.fresh IS NOT NULL AS created
     REMOVE d.fresh
     RETURN created`,
    { id: decision.id, properties },
  );
  if (row?.["created"] !== true) return false;
  const affected = task === null ? { label: "Story", id: story } : { label: "Task", id: task };
  await tx.run(`MATCH (d:Decision {id: $id}), (a:${affected.label} {id: $affected}) MERGE (d)-[:AFFECTS]->(a)`, {
    id: decision.id,
    affected: affected.id,
  });
  if (by.kind === "system") return true;
  const label = by.kind === "human" ? "Person" : "Agent";
  await tx.run(`MERGE (p:${label} {id: $by}) SET p.login = $login`, { by: principalKey(by), login: loginOf(decision) });
  await tx.run(`MATCH (d:Decision {id: $id}), (p:${label} {id: $by}) MERGE (d)-[:DECIDED_BY]->(p)`, {
    id: decision.id,
    by: principalKey(by),
  });
  return true;
}

function loginOf({ author: by }: Decision): string {
  return by.kind === "human" ? by.login : principalName(by);
}

async function ofStory(tx: Transaction, story: StoryId): Promise<readonly Decision[]> {
  const rows = await tx.run("MATCH (d:Decision {story: $story}) RETURN d {.*} AS decision ORDER BY d.at, d.id", {
    story,
  });
  return rows.map((row) => {
    const { story: storyId, task, ...rest } = decisionRow.parse(row["decision"]);
    return { ...rest, storyId, taskId: task ?? null };
  });
}
