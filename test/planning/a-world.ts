import type { FleetEvent } from "../../src/kernel/event.ts";
import { createNewId } from "../../src/kernel/ids.ts";
import type { Transaction } from "../../src/kernel/transaction.ts";
import type { PlanningDeps } from "../../src/planning/application/ports.ts";
import type { TaskStanding } from "../../src/planning/domain/story-request.ts";
import { graphCeremonies } from "../../src/planning/infrastructure/graph-ceremonies.ts";
import { graphDecisions } from "../../src/planning/infrastructure/graph-decisions.ts";
import { graphEpics } from "../../src/planning/infrastructure/graph-epics.ts";
import { graphStories } from "../../src/planning/infrastructure/graph-stories.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";
import { appendEvents } from "../../src/platform/outbox/append-events.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";

/** Planning on an in-memory graph, with tasks as the test says. */
export type PlanningWorld = {
  readonly graph: SchemaGraph;
  readonly deps: PlanningDeps;
  /** Lets so many milliseconds go by. */
  pass(ms: number): void;
  /** How many transactions said that they had committed. */
  commits(): number;
  setTasks(tasks: readonly TaskStanding[]): void;
  /** Every event in the log, oldest first. */
  events(): Promise<readonly FleetEvent[]>;
};

export async function openPlanningWorld(open: () => Promise<SchemaGraph> = openEmbeddedGraph): Promise<PlanningWorld> {
  const graph = await open();
  await ensureSchema(graph);
  let now = Date.parse("2026-03-01T10:00:00.000Z");
  const clock = () => {
    now += 1;
    return now;
  };
  let tasks: readonly TaskStanding[] = [];
  let commits = 0;
  return {
    graph,
    deps: {
      graph,
      stories: graphStories,
      decisions: graphDecisions,
      ceremonies: graphCeremonies,
      epics: graphEpics,
      tasks: async () => tasks,
      events: (tx: Transaction, events: readonly FleetEvent[]) => appendEvents(tx, events),
      newId: createNewId(clock),
      clock,
      committed: () => {
        commits += 1;
      },
    },
    pass: (ms) => {
      now += ms;
    },
    commits: () => commits,
    setTasks: (given) => {
      tasks = given;
    },
    events: () => graph.read((tx) => readEvents(tx)),
  };
}
