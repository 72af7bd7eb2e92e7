import { z } from "zod";
import { eventPayloads } from "../../kernel/event.ts";
import { repositoryOf, type StoryId, type TaskId } from "../../kernel/ids.ts";
import { isStoryId, isTaskId } from "../../kernel/parse-ids.ts";
import { decisionCategories, decisionStatuses } from "../../kernel/states.ts";
import type { GraphRow, Transaction } from "../../kernel/transaction.ts";
import type { Decisions } from "../application/ports.ts";
import { type Decision, mostDecisionsRead } from "../domain/decision.ts";
import { linkDecider, linkDecision } from "./decision-links.ts";

/** Decisions in the graph, each linked to what it affects and to whoever made and decided it (`decision-links.ts`). */
export const graphDecisions: Decisions = { create, judge, load, numbered, lastNumber, ofStory };

const principal = eventPayloads["planning.decision.recorded"].shape.principal;

/** A value that is kept as JSON in one property. */
function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}

const affects = z.object({
  pullRequest: z.int().nullable(),
  commit: z.object({ sha: z.string(), tree: z.string().nullable() }).nullable(),
  files: z.array(z.string()),
});

const judgement = z.object({ by: principal, at: z.string(), reason: z.string().nullable() });

const decisionRow = z.object({
  id: z.string(),
  number: z.int(),
  story: z.custom<StoryId>((id) => typeof id === "string" && isStoryId(id)),
  task: z.custom<TaskId>((id) => typeof id === "string" && isTaskId(id)).nullish(),
  title: z.string(),
  rationale: z.string(),
  category: z.enum(decisionCategories),
  status: z.enum(decisionStatuses),
  author: json(principal),
  at: z.string(),
  affects: json(affects),
  judgement: json(judgement).nullish(),
});

async function create(tx: Transaction, decision: Decision): Promise<void> {
  const { storyId: story, taskId: task, author, affects: affected, judgement: _none, ...rest } = decision;
  const properties = {
    ...rest,
    story,
    task,
    repository: repositoryOf(story),
    author: JSON.stringify(author),
    affects: JSON.stringify(affected),
  };
  await tx.run(
    `MATCH (s:Story {id: $story}) CREATE (d:Decision {id: $id})
     SET d += $properties SET d.installation = s.installation`,
    { id: decision.id, story, properties },
  );
  await linkDecision(tx, decision);
}

async function judge(tx: Transaction, { id, status, judgement: judged }: Decision): Promise<void> {
  if (judged === null) return;
  await tx.run("MATCH (d:Decision {id: $id}) SET d.status = $status, d.judgement = $judgement", {
    id,
    status,
    judgement: JSON.stringify(judged),
  });
  await linkDecider(tx, id, judged.by);
}

async function ofStory(tx: Transaction, story: StoryId): Promise<readonly Decision[]> {
  const rows = await tx.run(
    `MATCH (d:Decision {story: $story}) WITH d ORDER BY d.number DESC LIMIT $most
     RETURN d {.*} AS decision ORDER BY d.at, d.number`,
    { story, most: mostDecisionsRead },
  );
  return rows.map(readDecision);
}

async function load(tx: Transaction, id: string): Promise<Decision | null> {
  const [row] = await tx.run("MATCH (d:Decision {id: $id}) RETURN d {.*} AS decision", { id });
  return row === undefined ? null : readDecision(row);
}

async function numbered(tx: Transaction, story: StoryId, number: number): Promise<Decision | null> {
  const [row] = await tx.run(
    "MATCH (d:Decision {story: $story}) WITH d WHERE d.number = $number RETURN d {.*} AS decision LIMIT 1",
    { story, number },
  );
  return row === undefined ? null : readDecision(row);
}

async function lastNumber(tx: Transaction, story: StoryId): Promise<number> {
  const [row] = await tx.run("MATCH (d:Decision {story: $story}) RETURN coalesce(max(d.number), 0) AS last", { story });
  return z.int().parse(row?.["last"]);
}

function readDecision(row: GraphRow): Decision {
  const { story: storyId, task, judgement: judged, ...rest } = decisionRow.parse(row["decision"]);
  return { ...rest, storyId, taskId: task ?? null, judgement: judged ?? null };
}
