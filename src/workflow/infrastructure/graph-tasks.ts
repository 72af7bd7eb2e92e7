import { changedProperties } from "../../kernel/changed-properties.ts";
import { RetryableError } from "../../kernel/errors.ts";
import { type StoryId, storyId, type TaskId, taskId } from "../../kernel/ids.ts";
import { principalKey } from "../../kernel/principal.ts";
import type { GraphRow, Transaction } from "../../kernel/transaction.ts";
import { lockName } from "../../platform/graph/lock-name.ts";
import { timelineProperties } from "../../platform/graph/timeline-row.ts";
import type { TaskFilter, Tasks } from "../application/ports.ts";
import type { Task, TransitionRecord } from "../domain/task.ts";
import { readTaskRow, taskProperties } from "./task-row.ts";
import { readTransitionRow } from "./transition-row.ts";

/**
 * Tasks in the graph, with the relationships of DOMAIN.md §5: HAS_TASK (from their plan), DEPENDS_ON, ASSIGNED_TO and
 * NEXT (the timeline).
 */
export const graphTasks: Tasks = { loadForChange, load, find, findForChange, lockStories, create, save, history };

/**
 * Takes the node's write lock and leaves nothing behind: a read alone takes none on Neo4j, and neither does the `REMOVE`
 * of a property that no node of the store has ever had.
 */
const lock = "SET t._lock = true REMOVE t._lock";
const inOrder = "ORDER BY t.repository, t.storyIssue, t.planVersion, t.number";

async function loadForChange(tx: Transaction, id: TaskId): Promise<Task | null> {
  const [row] = await tx.run(`MATCH (t:Task {id: $id}) ${lock} RETURN t {.*} AS task`, { id });
  return row === undefined ? null : readTaskRow(row["task"]);
}

async function load(tx: Transaction, id: TaskId): Promise<Task | null> {
  const [row] = await tx.run("MATCH (t:Task {id: $id}) RETURN t {.*} AS task", { id });
  return row === undefined ? null : readTaskRow(row["task"]);
}

async function find(tx: Transaction, filter: TaskFilter): Promise<readonly Task[]> {
  const { branch, repository } = filter;
  // The issue's number stands in the branch's name, and the story is what tasks are indexed by.
  const issue = /^fleet\/(\d+)\//.exec(branch ?? "")?.[1];
  const story = filter.storyId ?? (issue && repository !== undefined ? storyId(repository, Number(issue)) : undefined);
  const given = {
    ...(story === undefined ? {} : { story }),
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
    ...(filter.pullRequest === undefined ? {} : { pullRequest: filter.pullRequest }),
    ...(filter.issueNumber === undefined ? {} : { issueNumber: filter.issueNumber }),
  };
  const conditions = [
    ...Object.keys(given).map((name) => `t.${name} = $${name}`),
    ...(filter.states === undefined ? [] : ["t.state IN $states"]),
  ];
  const rows = await tx.run(
    `MATCH (t:Task) ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
     RETURN t {.*} AS task ${inOrder}`,
    { ...given, ...(filter.states === undefined ? {} : { states: filter.states }) },
  );
  return readTasks(rows);
}

function lockStories(tx: Transaction, repository: number): Promise<void> {
  return lockName(tx, `stories-of-${repository}`);
}

async function findForChange(tx: Transaction, story: StoryId): Promise<readonly Task[]> {
  const rows = await tx.run(`MATCH (t:Task {story: $story}) ${lock} WITH t RETURN t {.*} AS task ${inOrder}`, {
    story,
  });
  return readTasks(rows);
}

async function create(tx: Transaction, tasks: readonly Task[], decidedBy: string): Promise<readonly Task[]> {
  const [first] = tasks;
  if (first === undefined) {
    return [];
  }
  const rows = await tx.run(
    `UNWIND $tasks AS task
     MERGE (t:Task {id: task.id})
     ON CREATE SET t += task, t.fresh = true
     WITH t, t.fresh IS NOT NULL AS created
     REMOVE t.fresh
     RETURN t.id AS id, created`,
    { tasks: tasks.map(taskProperties) },
  );
  const created = new Set(rows.filter((row) => row["created"] === true).map((row) => row["id"]));
  const added = tasks.filter((task) => created.has(task.id));
  if (added.length > 0) {
    await relate(tx, first, added, decidedBy);
  }
  return added;
}

async function relate(tx: Transaction, first: Task, tasks: readonly Task[], decidedBy: string): Promise<void> {
  await tx.run(
    `MATCH (p:Plan {id: $plan})
     UNWIND $ids AS id
     MATCH (t:Task {id: id})
     MERGE (p)-[h:HAS_TASK]->(t)
     ON CREATE SET h.decidedBy = $decidedBy, h.reason = $reason`,
    {
      plan: `${first.storyId}-p${first.planVersion}`,
      ids: tasks.map((task) => task.id),
      decidedBy,
      reason: `plan ${first.planVersion} approved`,
    },
  );
  await relateDependencies(tx, tasks);
}

async function relateDependencies(tx: Transaction, tasks: readonly Task[]): Promise<void> {
  const edges = tasks.flatMap((task) =>
    task.dependsOn.map((number) => ({ from: task.id, to: taskId(task.storyId, task.planVersion, number) })),
  );
  if (edges.length > 0) {
    await tx.run(
      `UNWIND $edges AS edge
       MATCH (a:Task {id: edge.from}), (b:Task {id: edge.to})
       MERGE (a)-[:DEPENDS_ON]->(b)`,
      { edges },
    );
  }
}

async function save(tx: Transaction, before: Task, after: Task, records: readonly TransitionRecord[]): Promise<void> {
  const properties = {
    ...changedProperties(taskProperties(before), taskProperties(after)),
    version: before.version + 1,
  };
  const parameters = { id: before.id, version: before.version, properties };
  // The version stands beside the id: in a WHERE of its own the embedded graph would scan every node for it.
  const update = "MATCH (t:Task {id: $id, version: $version}) SET t += $properties";
  const rows =
    records.length === 0
      ? await tx.run(`${update} RETURN count(t) AS saved`, parameters)
      : await tx.run(
          `${update} WITH t UNWIND $records AS record
           CREATE (t)-[:NEXT]->(r:Transition) SET r += record
           RETURN count(r) AS saved`,
          { ...parameters, records: timelineProperties(before.version, records) },
        );
  if (rows[0]?.["saved"] !== Math.max(records.length, 1)) {
    throw new RetryableError(`Task ${before.id} changed while it was being changed.`, 100);
  }
  await linkAssignee(tx, before, after);
  if (after.dependsOn.join() !== before.dependsOn.join()) {
    await tx.run("MATCH (:Task {id: $id})-[d:DEPENDS_ON]->(:Task) DELETE d", { id: before.id });
    await relateDependencies(tx, [after]);
  }
}

async function history(tx: Transaction, id: TaskId): Promise<readonly TransitionRecord[]> {
  const rows = await tx.run(
    "MATCH (:Task {id: $id})-[:NEXT]->(r:Transition) RETURN r {.*} AS record ORDER BY r.sequence",
    { id },
  );
  return rows.map((row) => readTransitionRow(row["record"]));
}

/** A person is a node of its own; a council is none, its members are the agents of its deliberations. */
async function linkAssignee(tx: Transaction, before: Task, after: Task): Promise<void> {
  const person = personOf(after);
  const previous = personOf(before);
  if (person?.id === previous?.id) {
    return;
  }
  if (previous !== null) {
    await tx.run("MATCH (:Task {id: $id})-[a:ASSIGNED_TO]->(:Person) DELETE a", { id: before.id });
  }
  if (person !== null) {
    await tx.run("MERGE (p:Person {id: $id}) SET p.login = $login", person);
    await tx.run("MATCH (t:Task {id: $id}), (p:Person {id: $person}) MERGE (t)-[:ASSIGNED_TO]->(p)", {
      id: before.id,
      person: person.id,
    });
  }
}

function personOf(task: Task): { readonly id: string; readonly login: string } | null {
  const principal = task.assignee?.kind === "person" ? task.assignee.principal : null;
  return principal?.kind === "human" ? { id: principalKey(principal), login: principal.login } : null;
}

function readTasks(rows: readonly GraphRow[]): readonly Task[] {
  return rows.map((row) => readTaskRow(row["task"]));
}
