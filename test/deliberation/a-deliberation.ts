import { afterEach } from "vitest";
import type { DeliberationJob } from "../../src/deliberation/application/job.ts";
import type {
  DeliberationUseCaseDeps,
  StoryFacts,
  TaskFacts,
} from "../../src/deliberation/application/use-case-ports.ts";
import type { Candidate } from "../../src/deliberation/domain/candidate.ts";
import { checkNames, plainCheck } from "../../src/deliberation/domain/check-result.ts";
import { noLimits } from "../../src/deliberation/domain/council-budget.ts";
import type { ImplementationOutcome, PlanOutcome } from "../../src/deliberation/domain/outcome.ts";
import { deliberationSubscriber } from "../../src/deliberation/infrastructure/deliberation-subscriber.ts";
import { graphDeliberations } from "../../src/deliberation/infrastructure/graph-deliberations.ts";
import type { FleetEvent } from "../../src/kernel/event.ts";
import { createNewId } from "../../src/kernel/ids.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";

export const storyFacts: StoryFacts = {
  id: "7-12",
  installation: 1,
  repository: 7,
  owner: "shop",
  repo: "slots",
  number: 12,
  title: "Limit bookings",
  body: "As a shop owner …",
  state: "ready-for-planning",
  criteria: [{ number: 1, text: "Given …" }],
  planFeedback: [],
};

export const taskFacts: TaskFacts = {
  id: "7-12-p1-t1",
  storyId: "7-12",
  number: 1,
  title: "Limit",
  description: "Do it",
  type: "code",
  role: "developer",
  covers: [1],
  others: [],
  branch: "fleet/12/t1-limit",
  state: "implementing",
  round: 1,
  headSha: null,
  headTree: null,
  authors: [],
  heldByCouncil: true,
  feedback: ["Name the constant."],
};

const noMore = { short: null, slices: { tests: "", wide: "" }, paths: [] };

const statistics = {
  passAt1: true,
  oracleAtK: true,
  chosenPassed: true,
  members: 3,
  candidates: 1,
  calls: 4,
  msByStep: { drafting: 10 },
};

export const candidate: Candidate = {
  id: "c1",
  member: 1,
  model: "m",
  temperature: 0.2,
  revises: null,
  summary: "Did it.",
  changes: [{ path: "a.js", mode: "100644", content: "YQ==" }],
  treeHash: "t",
  diff: "+a",
  diffLines: 1,
  checks: checkNames.map((name) => plainCheck(name, "passed", "fine")),
  behaviour: "x",
  rank: 1,
  lostAt: null,
  why: "it passes",
  tokens: { in: 10, out: 5 },
};

export const implementation: ImplementationOutcome = {
  kind: "implementation",
  candidates: [candidate, { ...candidate, id: "c2", rank: 2, lostAt: "regressions", why: "1 of 3 tests break" }],
  winner: "c1",
  best: "c1",
  reason: "c1 won",
  acceptance: [],
  abstained: [],
  critiques: [],
  votes: [],
  preexistingFailures: [],
  sandbox: "bubblewrap",
  tokens: { in: 10, out: 5 },
  ms: 100,
  statistics,
};

export const plan: PlanOutcome = {
  kind: "plan",
  tasks: [
    {
      number: 1,
      title: "Do it",
      description: "",
      type: "code",
      role: "developer",
      estimateHours: 1,
      dependsOn: [],
      covers: [1],
    },
  ],
  rationale: "short",
  reason: "1 of 1 valid",
  member: 1,
  model: "m",
  attempts: [{ member: 1, model: "m", problems: [], tasks: 1 }],
  tokens: { in: 1, out: 1 },
  ms: 5,
  statistics,
};

/** The use cases on an embedded graph; what other contexts answer can be changed by a test. */
export async function openDeliberations(changes: Partial<DeliberationUseCaseDeps> = {}) {
  const graph = await openEmbeddedGraph();
  const cancelled: string[] = [];
  const events: FleetEvent[] = [];
  const jobs: DeliberationJob[] = [];
  let committed = 0;
  const deps: DeliberationUseCaseDeps = {
    graph,
    deliberations: graphDeliberations,
    events: async (_, added) => void events.push(...added),
    newId: createNewId(Date.now),
    clock: Date.now,
    committed: () => {
      committed += 1;
    },
    storyFacts: async () => storyFacts,
    taskFacts: async () => taskFacts,
    isReviewAwaited: async () => true,
    configurationOf: async () => ({
      council: { start: "auto", members: 3, models: [], temperatures: [], budget: { tokens: 1_000, minutes: 5 } },
      checks: { install: null, build: null, lint: null, test: null },
      paths: { deny: [], tests: [] },
      limits: { tokens: noLimits, minutes: noLimits },
    }),
    served: async () => [{ host: "http://h/v1", model: "m" }],
    sourceOf: async (_, branch) => ({
      mirror: "/m.git",
      baseSha: "a".repeat(40),
      startSha: (branch ? "b" : "a").repeat(40),
    }),
    buildContext: async ({ feedback }) => ({
      context: { text: ["context", ...feedback].join("\n"), hash: "h", tokens: 3, countedBy: "models", ...noMore },
    }),
    happenedSince: async () => [],
    enqueue: async (job) => void jobs.push(job),
    cancel: async (id) => void cancelled.push(id),
    trusted: false,
    ...changes,
  };
  return { deps, graph, events, jobs, cancelled, committed: () => committed };
}

export function assigned(
  round: number,
  changes: Partial<FleetEvent<"workflow.task.assigned">> = {},
): FleetEvent<"workflow.task.assigned"> {
  return {
    id: `event-${round}`,
    type: "workflow.task.assigned",
    version: 1,
    occurredAt: "2026-05-04T09:00:00.000Z",
    producer: "workflow",
    correlationId: "delivery-1",
    causationId: null,
    subject: { installation: 1, repository: 7, story: "7-12", task: "7-12-p1-t1" },
    payload: { assignee: { kind: "council" }, round, feedback: ["Name the constant."] },
    ...changes,
  };
}

export function readyForPlanning(id: string): FleetEvent<"planning.story.transitioned"> {
  return {
    ...assigned(1),
    id,
    type: "planning.story.transitioned",
    producer: "planning",
    subject: { installation: 1, repository: 7, story: "7-12", task: null },
    payload: {
      action: "approve-scope",
      principal: { kind: "system" },
      role: null,
      reason: null,
      deliveryId: null,
      from: "po-review",
      to: "ready-for-planning",
    },
  };
}

/** Opens deliberation with its ear, as often as a file's tests ask; what a test opened is closed after it. */
export function deliberationsOfEachTest() {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  return async (changes: Partial<DeliberationUseCaseDeps> = {}) => {
    const opened = await openDeliberations(changes);
    closing.push(() => opened.graph.close());
    return { ...opened, subscriber: deliberationSubscriber(opened.deps) };
  };
}
