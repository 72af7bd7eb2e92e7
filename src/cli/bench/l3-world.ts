import type { HumanPrincipal } from "../../kernel/principal.ts";
import { principalKey } from "../../kernel/principal.ts";
import { storyStates, taskTypes } from "../../kernel/states.ts";
import type { GraphParameter } from "../../kernel/transaction.ts";
import type { Graph } from "../../platform/graph/graph.ts";

/** Numbers that GitHub gives nobody: what is stored under them is the bench's. */
export const benchPlace = { installation: 900_000_001, repository: 900_000_001 } as const;
export const benchPerson: HumanPrincipal = { kind: "human", id: 900_000_001, login: "bench" };
const colleague = "human:900000002";

/** Nodes by one statement. */
const chunk = 1_000;

export type L3World = {
  readonly nodes: number;
  /** Takes away all that was stored. */
  remove(): Promise<void>;
};

/**
 * Stores a repository with so many stories of three tasks and two decisions each. The person has one epic of eight, and the
 * tasks of one story in eight: few enough for one person, and still a full page of each.
 */
export async function storeL3World(graph: Graph, stories: number): Promise<L3World> {
  const numbers = Array.from({ length: stories }, (_, n) => n + 1);
  const { repository } = benchPlace;
  const me = principalKey(benchPerson);
  const epics = [0, 1, 2, 3, 4, 5, 6, 7];
  const story = (n: number) => `${repository}-${n}`;
  const task = (n: number, t: number) => `${story(n)}-p1-t${t}`;
  const tasks = numbers.flatMap((n) => [1, 2, 3].map((t) => ({ n, t })));
  const nodes = [
    [
      "Person",
      [
        { id: me, login: "bench" },
        { id: colleague, login: "colleague" },
      ],
    ],
    ["Epic", epics.map((n) => ({ ...benchPlace, id: `${repository}-m${n}`, title: `Epic ${n}` }))],
    [
      "Story",
      numbers.map((n) => ({
        ...benchPlace,
        id: story(n),
        title: `Story ${n}`,
        description: "As a reader I want more of it so that I see how long it takes. ".repeat(10),
        criteria: ["Given a reader When it reads Then it reads", "Given two When they read Then both do"],
        labels: ["fleet:story", "area/bench"],
        state: storyStates[n % storyStates.length] ?? "draft",
      })),
    ],
    ["Plan", numbers.map((n) => ({ ...benchPlace, id: `${story(n)}-p1`, story: story(n), version: 1, tasks: "[]" }))],
    [
      "Task",
      tasks.map(({ n, t }) => ({
        ...benchPlace,
        id: task(n, t),
        story: story(n),
        title: `Task ${t}`,
        description: "What is to be done, in a few words that say which file and which test.",
        type: taskTypes[(n + t) % taskTypes.length] ?? "code",
        state: "todo",
        estimateHours: t,
      })),
    ],
    [
      "Decision",
      numbers.flatMap((n) =>
        [1, 2].map((d) => ({
          ...benchPlace,
          id: `${story(n)}-d-${d}`,
          story: story(n),
          title: `Decision ${d}`,
          rationale: "Because the other way was tried and took longer.",
          status: "approved",
          category: d === 1 ? "stated" : "review",
        })),
      ),
    ],
  ] as const satisfies readonly (readonly [string, readonly GraphParameter[]])[];
  const who = (n: number) => (n % epics.length === 0 ? me : colleague);
  const edges = [
    ["Epic", "ASSIGNED_TO", "Person", [{ from: `${repository}-m0`, to: me }]],
    ["Epic", "CONTAINS", "Story", numbers.map((n) => ({ from: `${repository}-m${n % epics.length}`, to: story(n) }))],
    ["Story", "HAS_PLAN", "Plan", numbers.map((n) => ({ from: story(n), to: `${story(n)}-p1` }))],
    ["Plan", "HAS_TASK", "Task", tasks.map(({ n, t }) => ({ from: `${story(n)}-p1`, to: task(n, t) }))],
    ["Task", "ASSIGNED_TO", "Person", tasks.map(({ n, t }) => ({ from: task(n, t), to: who(n) }))],
    ["Decision", "AFFECTS", "Story", numbers.map((n) => ({ from: `${story(n)}-d-1`, to: story(n) }))],
    ["Decision", "AFFECTS", "Task", numbers.map((n) => ({ from: `${story(n)}-d-2`, to: task(n, 1 + (n % 3)) }))],
  ] as const;
  for (const [label, all] of nodes) await inChunks(graph, all, `UNWIND $rows AS row CREATE (n:${label}) SET n += row`);
  for (const [from, type, to, all] of edges)
    await inChunks(
      graph,
      all,
      `UNWIND $rows AS row MATCH (a:${from} {id: row.from}), (b:${to} {id: row.to}) CREATE (a)-[:${type}]->(b)`,
    );
  return {
    nodes: nodes.reduce((sum, [, all]) => sum + all.length, 0),
    async remove() {
      for (const [label, all] of nodes) {
        const rows = all.map(({ id }) => ({ id }));
        await inChunks(graph, rows, `UNWIND $rows AS row MATCH (n:${label} {id: row.id}) DETACH DELETE n`);
      }
    },
  };
}

async function inChunks(graph: Graph, all: readonly GraphParameter[], cypher: string): Promise<void> {
  for (let at = 0; at < all.length; at += chunk) {
    const rows = all.slice(at, at + chunk);
    await graph.write((tx) => tx.run(cypher, { rows }));
  }
}
