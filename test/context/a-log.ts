import type { EventBody, FleetEvent } from "../../src/kernel/event.ts";
import type { HumanPrincipal } from "../../src/kernel/principal.ts";
import type { GraphRow } from "../../src/kernel/transaction.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { appendEvents } from "../../src/platform/outbox/append-events.ts";

export const rita: HumanPrincipal = { kind: "human", id: 7, login: "rita" };
export const otto: HumanPrincipal = { kind: "human", id: 8, login: "otto" };

/** The log of one story with a task that was rejected once, as the fleet writes it: the ids rise in the order of the list. */
export function aLog(repository: number): readonly FleetEvent[] {
  const story = `${repository}-12`;
  const task = `${story}-p1-t1`;
  const step = { role: null, reason: null, deliveryId: null } as const;
  const council = { deliberationId: `${task}-r1`, kind: "implementation" } as const;
  const planTask = {
    number: 1,
    title: "Limit open bookings",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 2,
    dependsOn: [],
    covers: [1],
  } as const;
  const plan = { planVersion: 1, planHash: "h", tasks: [{ ...planTask, dependsOn: [], covers: [1] }] };
  const head = { headSha: "a".repeat(40), headTree: "t1" };
  const second = { headSha: "b".repeat(40), headTree: "t2" };
  const judged = { judged: { pullRequest: 3, files: ["src/a.ts"] } };
  const moved = (
    payload: Omit<
      Extract<EventBody, { type: "workflow.task.transitioned" }>["payload"],
      "role" | "reason" | "deliveryId"
    >,
    reason: string | null = null,
  ): Told => [task, { type: "workflow.task.transitioned", payload: { ...step, ...payload, reason } }];
  const agent = { kind: "agent", role: "developer", number: 1 } as const;
  const told: readonly Told[] = [
    [null, { type: "planning.story.created", payload: { title: "Limit the open bookings", bodyHash: "b" } }],
    [
      null,
      {
        type: "planning.story.transitioned",
        payload: { ...step, from: "draft", to: "po-review", action: "submit", principal: rita },
      },
    ],
    [null, { type: "planning.plan.derived", payload: { ...plan, source: "council" } }],
    [null, { type: "planning.plan.approved", payload: { ...plan, principal: rita } }],
    decided(1, "Bookings end at midnight.", rita),
    decided(2, "D1 holds for guests, too.", otto),
    [task, { type: "workflow.task.assigned", payload: { assignee: { kind: "council" }, round: 1, feedback: [] } }],
    [task, { type: "deliberation.started", payload: { ...council, round: 1 } }],
    [
      task,
      {
        type: "deliberation.completed",
        payload: { ...council, winner: `${task}-r1-a`, reason: "It passes every check.", plan: null },
      },
    ],
    moved({ from: "implementing", to: "dev-completed", action: "commit-code", principal: agent, ...head }),
    moved({
      from: "dev-completed",
      to: "pending-arch-review",
      action: "auto-route-to-architect",
      principal: system,
      ...head,
    }),
    moved(
      { from: "arch-reviewing", to: "arch-rejected", action: "reject-design", principal: otto, ...head, ...judged },
      "Name the constant.",
    ),
    [task, { type: "workflow.task.assigned", payload: { assignee: { kind: "council" }, round: 2, feedback: [] } }],
    moved({ from: "implementing", to: "dev-completed", action: "commit-code", principal: agent, ...second }),
    moved({
      from: "arch-reviewing",
      to: "arch-approved",
      action: "approve-design",
      principal: otto,
      ...second,
      ...judged,
    }),
    moved({ from: "pending-qa", to: "qa-passed", action: "pass-tests", principal: system, ...second }),
    moved({
      from: "pending-po-approval",
      to: "po-approved",
      action: "approve-story",
      principal: rita,
      ...second,
      ...judged,
    }),
    moved({ from: "po-approved", to: "done", action: "auto-complete", principal: system, ...second }),
  ];
  return told.map(([about, body], index) => ({
    ...body,
    id: `${repository}-${String(index).padStart(4, "0")}`,
    version: 1,
    occurredAt: new Date(Date.parse("2026-03-01T12:00:00.000Z") + index * 60_000).toISOString(),
    producer: "test",
    correlationId: "delivery-1",
    causationId: null,
    subject: { installation: 1, repository, story, task: about },
  }));

  function decided(number: number, title: string, principal: HumanPrincipal): Told {
    const payload = {
      decisionId: `${story}-d-${number}`,
      number,
      title,
      category: "stated",
      status: "approved",
      principal,
    } as const;
    return [null, { type: "planning.decision.recorded", payload }];
  }
}

type Told = readonly [task: string | null, body: EventBody];

const system = { kind: "system" } as const;

/** What the aggregates wrote of that story, and its log. */
export async function writeLog(graph: Graph, events: readonly FleetEvent[]): Promise<void> {
  const story = events[0]?.subject.story ?? "";
  const task = `${story}-p1-t1`;
  const decisions = events.flatMap((event) =>
    event.type === "planning.decision.recorded"
      ? [{ id: event.payload.decisionId, story, number: event.payload.number, rationale: event.payload.title }]
      : [],
  );
  await graph.write(async (tx) => {
    await tx.run("CREATE (s:Story {id: $story})", { story });
    await tx.run("CREATE (t:Task {id: $task, story: $story, role: 'developer'})", { task, story });
    await tx.run("UNWIND $decisions AS decision CREATE (d:Decision) SET d += decision", { decisions });
    const council = { id: `${task}-r1`, story, task, review: `${task}-r1-review` };
    await tx.run(
      `CREATE (d:Deliberation {id: $id, story: $story, task: $task})
       CREATE (a:Proposal {id: $id + '-a', member: 1}) CREATE (b:Proposal {id: $id + '-b', member: 2})
       CREATE (r:Review {id: $review, deliberation: $id})
       CREATE (d)-[:PRODUCED]->(a) CREATE (d)-[:PRODUCED]->(b) CREATE (d)-[:PRODUCED]->(r)`,
      council,
    );
    await appendEvents(tx, events);
  });
}

/** Every node and relationship of one repository's graph, as comparable lines in which it is `R`. */
export async function graphOf(graph: Graph, repository: number): Promise<readonly string[]> {
  const of = { repository: String(repository) };
  const nodes = await graph.query(
    "MATCH (n) WHERE n.id STARTS WITH $repository RETURN labels(n) AS labels, n {.*} AS node",
    of,
  );
  const links = await graph.query(
    `MATCH (a)-[r]->(b) WHERE a.id STARTS WITH $repository
     RETURN labels(a) AS from, a.id AS a, type(r) AS type, labels(b) AS to, b.id AS b`,
    of,
  );
  return [...nodes, ...links].map((row) => canonical(row).replaceAll(of.repository, "R")).sort();
}

function canonical(row: GraphRow): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (Array.isArray(value)) return value.toSorted();
    return value !== null && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  });
}
