import { z } from "zod";
import type { StoryId } from "../../kernel/ids.ts";
import { humanRoles, type Role } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { SessionDecision, SessionFacts, SessionTask } from "../domain/session.ts";

const storyRow = z.object({
  id: z.string(),
  installation: z.int(),
  repository: z.int(),
  number: z.int(),
  title: z.string(),
  state: z.string(),
  planVersion: z.int().nullable(),
});

const planRow = z.object({ id: z.string(), version: z.int(), status: z.string() });

/** What the graph knows of a story for whoever goes on with it, read from the nodes of its aggregates. */
export async function graphSession(
  tx: Transaction,
  story: StoryId,
  ownTasks: Role | null,
): Promise<SessionFacts | null> {
  const [row] = await tx.run(
    `MATCH (s:Story {id: $story})
     RETURN s.id AS id, s.installation AS installation, s.repository AS repository, s.issueNumber AS number,
            s.title AS title, s.state AS state, s.planVersion AS planVersion`,
    { story },
  );
  if (row === undefined) return null;
  const { planVersion, ...found } = storyRow.parse(row);
  const tasks = await tasksOf(tx, story, ownTasks);
  const own = ownTasks === null ? null : tasks.map(({ id }) => id);
  return {
    story: found,
    plan: planVersion === null ? null : await planOf(tx, `${story}-p${planVersion}`),
    tasks,
    decisions: await decisionsOf(tx, story, own),
    statistics: { ...(await spentOn(tx, story)), rounds: Math.max(0, ...tasks.map(({ round }) => round)) },
  };
}

async function planOf(tx: Transaction, id: string): Promise<SessionFacts["plan"]> {
  const [row] = await tx.run("MATCH (p:Plan {id: $id}) RETURN p.id AS id, p.version AS version, p.status AS status", {
    id,
  });
  return row === undefined ? null : planRow.parse(row);
}

const taskRow = z.object({
  id: z.string(),
  number: z.int(),
  title: z.string(),
  role: z.enum(humanRoles),
  state: z.string(),
  round: z.int(),
  branch: z.string(),
  pullRequest: z.int().nullable(),
  dependsOn: z.array(z.int()),
});

/** Those of the latest plan that has any; of one role, where it is given. */
async function tasksOf(tx: Transaction, story: StoryId, role: Role | null): Promise<readonly SessionTask[]> {
  const rows = await tx.run(
    `MATCH (any:Task {story: $story}) WITH max(any.planVersion) AS latest
     MATCH (t:Task {story: $story}) WITH t, latest WHERE t.planVersion = latest${role === null ? "" : " AND t.role = $role"}
     RETURN t.id AS id, t.number AS number, t.title AS title, t.role AS role, t.state AS state, t.round AS round,
            t.branch AS branch, t.pullRequest AS pullRequest, t.dependsOn AS dependsOn
     ORDER BY number`,
    { story, role },
  );
  return rows.map((row) => taskRow.parse(row));
}

/** A session holds so many decisions at most, the latest ones. */
const mostDecisions = 30;

const decisionRow = z.object({
  id: z.string(),
  number: z.int(),
  title: z.string(),
  status: z.string(),
  task: z.string().nullable(),
});

const edgeRow = z.object({ from: z.string(), id: z.string(), number: z.int().nullable() });

/** With `own`: those in force about one of these tasks, or the whole story. */
async function decisionsOf(
  tx: Transaction,
  story: StoryId,
  own: readonly string[] | null,
): Promise<readonly SessionDecision[]> {
  const only = own === null ? "" : " AND d.status = 'approved' AND (d.task IS NULL OR d.task IN $own)";
  const rows = await tx.run(
    `MATCH (d:Decision {story: $story}) WITH d WHERE d.category = 'stated'${only}
     RETURN d.id AS id, d.number AS number, d.title AS title, d.status AS status, d.task AS task
     ORDER BY number DESC LIMIT $most`,
    { story, own, most: mostDecisions },
  );
  const found = rows.map((row) => decisionRow.parse(row)).reverse();
  const ids = found.map(({ id }) => id);
  const edges = async (type: "AFFECTS" | "DEPENDS_ON") => {
    const links = await tx.run(
      `UNWIND $ids AS id MATCH (:Decision {id: id})-[:${type}]->(n)
       RETURN id AS from, n.id AS id, n.number AS number ORDER BY from, id`,
      { ids },
    );
    return links.map((link) => edgeRow.parse(link));
  };
  const [affects, dependsOn] = [await edges("AFFECTS"), await edges("DEPENDS_ON")];
  return found.map((decision) => ({
    ...decision,
    affects: affects.filter(({ from }) => from === decision.id).map(({ id }) => id),
    dependsOn: dependsOn.filter(({ from }) => from === decision.id).flatMap(({ number }) => number ?? []),
  }));
}

const spentRow = z.object({ councils: z.int(), tokensIn: z.number(), tokensOut: z.number(), ms: z.number() });

async function spentOn(tx: Transaction, story: StoryId): Promise<Omit<SessionFacts["statistics"], "rounds">> {
  const [row] = await tx.run(
    `MATCH (d:Deliberation {story: $story}) WITH d WHERE d.status <> 'waiting'
     RETURN count(d) AS councils, coalesce(sum(d.tokensIn), 0) AS tokensIn, coalesce(sum(d.tokensOut), 0) AS tokensOut,
            coalesce(sum(d.ms), 0) AS ms`,
    { story },
  );
  const { councils, tokensIn, tokensOut, ms } = spentRow.parse(row);
  return { councils, tokens: { in: tokensIn, out: tokensOut }, ms };
}
