import type { FleetEvent } from "../../src/kernel/event.ts";
import { createNewId } from "../../src/kernel/ids.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";
import { appendEvents } from "../../src/platform/outbox/append-events.ts";
import { once } from "../../src/platform/outbox/once.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";
import type { CouncilPolicy, StoryFacts, WorkflowDeps } from "../../src/workflow/application/ports.ts";
import { defaultSla, type SlaPolicy } from "../../src/workflow/domain/deadlines.ts";
import type { StoryInExecution } from "../../src/workflow/domain/story-room.ts";
import { graphTasks } from "../../src/workflow/infrastructure/graph-tasks.ts";
import { now as start } from "./a-task.ts";

/** Workflow on an in-memory graph, with a story and a council policy as the test says. */
export type WorkflowWorld = {
  readonly graph: SchemaGraph;
  readonly deps: WorkflowDeps;
  story: StoryFacts | null;
  policy: CouncilPolicy;
  sla: SlaPolicy;
  /** `<task>-r<round>` of the councils that are at work. */
  atWork: readonly string[];
  /** The stories of the repository in execution, and how many may be in progress. */
  inExecution: readonly StoryInExecution[];
  limit: number | null;
  /** Moves the clock, in milliseconds. */
  pass(ms: number): void;
  now(): number;
  /** Every event in the log, oldest first. */
  events(): Promise<readonly FleetEvent[]>;
};

export async function openWorkflowWorld(open: () => Promise<SchemaGraph> = openEmbeddedGraph): Promise<WorkflowWorld> {
  const graph = await open();
  await ensureSchema(graph);
  await graph.write((tx) => tx.run("MERGE (p:Plan {id: '100-42-p1'}) SET p.story = '100-42'"));
  let now = start;
  const clock = () => {
    now += 1;
    return now;
  };
  const world: WorkflowWorld = {
    graph,
    deps: {
      graph,
      tasks: graphTasks,
      stories: async () => world.story,
      storiesInExecution: async () => world.inExecution,
      storyLimit: async () => world.limit,
      events: appendEvents,
      firstTime: (tx, eventId) => once(tx, "workflow", eventId),
      councilPolicy: async () => world.policy,
      councilAtWork: async (task, round) => world.atWork.includes(`${task}-r${round}`),
      sla: async () => world.sla,
      newId: createNewId(clock),
      clock,
      committed: () => undefined,
    },
    story: { owner: "acme", repo: "shop", issueNumber: 42, approvedPlan: 1, executing: true },
    sla: defaultSla,
    atWork: [],
    inExecution: [],
    limit: null,
    policy: { start: "auto", available: true, maxRounds: 3 },
    pass: (ms) => {
      now += ms;
    },
    now: () => now,
    events: () => graph.read((tx) => readEvents(tx)),
  };
  return world;
}
