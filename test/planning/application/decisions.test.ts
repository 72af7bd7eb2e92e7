import { describe, expect, test } from "vitest";
import {
  findDecisions,
  recordVerdict,
  type StateDecision,
  stateDecision,
} from "../../../src/planning/application/record-decision.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { decisionTitle, mostDecisionsRead, verdictTitle } from "../../../src/planning/domain/decision.ts";
import { planningSubscriber } from "../../../src/planning/infrastructure/planning-subscriber.ts";
import { taskRows } from "../../../src/workflow/domain/task-machine.ts";
import { openPlanningWorld } from "../a-world.ts";

const olga = { kind: "human", id: 11, login: "olga" } as const;

async function openWorld() {
  const world = await openPlanningWorld();
  const story = await recordIssue(world.deps, {
    installation: 1,
    repository: 100,
    owner: "acme",
    repo: "shop",
    issueNumber: 42,
    title: "Reject coupons",
    body: "As a shop owner …",
    labels: [],
    milestone: null,
    author: { id: 11, login: "olga" },
    updatedAt: "2026-03-01T09:00:00Z",
    deliveryId: "d-0",
  });
  await world.graph.write((tx) => tx.run("MERGE (t:Task {id: $id})", { id: `${story.id}-p1-t1` }));
  const command: StateDecision = {
    storyId: story.id,
    taskId: null,
    text: "Times are in UTC. The shop has one clock.",
    affects: { pullRequest: null, commit: null, files: [] },
    principal: olga,
    roles: { known: true, roles: ["architect"] },
    key: "comment-1-0",
    deliveryId: "d-1",
  };
  const edges = (kind: string) => world.graph.query(`MATCH (:Decision)-[:${kind}]->(n) RETURN n.id AS id ORDER BY id`);
  return { ...world, story, command, edges };
}

describe("a decision", () => {
  test("is a node with what it affects and who made it, and its event, in one transaction", async () => {
    const world = await openWorld();
    const outcome = await stateDecision(world.deps, world.command);
    expect(outcome).toMatchObject({ kind: "moved", decision: { title: "Times are in UTC.", status: "approved" } });
    expect(await world.edges("AFFECTS")).toEqual([{ id: world.story.id }]);
    expect(await world.edges("DECIDED_BY")).toEqual([{ id: "human:11" }]);
    const event = (await world.events()).at(-1);
    expect(event).toMatchObject({
      type: "planning.decision.recorded",
      correlationId: "d-1",
      payload: { decisionId: `${world.story.id}-d-comment-1-0`, title: "Times are in UTC." },
    });
  });

  test("is recorded once, however often it comes", async () => {
    const world = await openWorld();
    await stateDecision(world.deps, world.command);
    expect((await stateDecision(world.deps, world.command)).kind).toBe("unchanged");
    expect(await findDecisions(world.deps, world.story.id)).toHaveLength(1);
    expect((await world.events()).filter(({ type }) => type === "planning.decision.recorded")).toHaveLength(1);
  });

  test("is numbered after the last one without a look at the others, of which there may be very many", async () => {
    const world = await openWorld();
    const noLook = {
      ...world.deps,
      decisions: { ...world.deps.decisions, ofStory: () => Promise.reject(new Error()) },
    };
    for (const key of ["a", "b", "a"]) await stateDecision(noLook, { ...world.command, key });
    expect(await stateDecision(noLook, { ...world.command, key: "c" })).toMatchObject({ decision: { number: 3 } });
  });

  test("of very many is among the latest, which are all that is read", async () => {
    const world = await openWorld();
    await stateDecision(world.deps, world.command);
    const [row] = await world.graph.query("MATCH (d:Decision) RETURN d {.*} AS known");
    const others = Array.from({ length: mostDecisionsRead }, (_, at) => ({ id: `other-${at}`, number: at + 2 }));
    await world.graph.write((tx) =>
      tx.run("UNWIND $others AS other CREATE (d:Decision) SET d += other", {
        others: others.map((other) => ({ ...Object(row?.["known"]), ...other })),
      }),
    );
    const read = await findDecisions(world.deps, world.story.id);
    expect([read.length, read[0]?.number, read.at(-1)?.number]).toEqual([mostDecisionsRead, 2, mostDecisionsRead + 1]);
  });

  test.each([
    [{ roles: { known: true, roles: [] } }, "role-missing"],
    [{ roles: { known: false, why: "GitHub said 500" } }, "roles-unknown"],
    [{ text: "no" }, "feedback-missing"],
    [{ storyId: "100-99" }, "unknown-story"],
  ] as const)("with %j is refused: %s", async (change, reason) => {
    const world = await openWorld();
    const outcome = await stateDecision(world.deps, { ...world.command, ...change });
    expect(outcome).toMatchObject({ kind: "refused", refusal: { reason } });
    expect(await findDecisions(world.deps, world.story.id)).toEqual([]);
  });

  test("of somebody who does not decide is a proposal; on a task it affects the task", async () => {
    const world = await openWorld();
    const taskId = `${world.story.id}-p1-t1` as const;
    const outcome = await stateDecision(world.deps, {
      ...world.command,
      taskId,
      roles: { known: true, roles: ["developer"] },
    });
    expect(outcome).toMatchObject({ decision: { status: "proposed" } });
    expect(await world.edges("AFFECTS")).toEqual([{ id: taskId }]);
    expect([await world.edges("AUTHORED_BY"), await world.edges("DECIDED_BY")]).toEqual([[{ id: "human:11" }], []]);
    expect((await world.events()).at(-1)?.subject.task).toBe(taskId);
  });
});

describe("a gate's verdict", () => {
  test("becomes a decision by its transition, once; other transitions become none", async () => {
    const world = await openWorld();
    const task = `${world.story.id}-p1-t1` as const;
    const transition = {
      action: "reject-design",
      principal: olga,
      role: "architect",
      reason: "Put it into one place.",
      deliveryId: null,
      from: "arch-reviewing",
      to: "arch-rejected",
      headTree: "tree-1",
      headSha: "sha-1",
      judged: { pullRequest: 7, files: ["src/a.ts", "src/b.ts", "src/a.ts"] },
    } as const;
    const event = {
      id: "e-1",
      type: "workflow.task.transitioned",
      version: 1,
      occurredAt: "2026-03-01T10:00:00.000Z",
      producer: "workflow",
      correlationId: "d-2",
      causationId: null,
      subject: { installation: 1, repository: 100, story: world.story.id, task },
      payload: transition,
    } as const;
    const { handle } = planningSubscriber(world.deps);
    await handle(event);
    await handle(event);
    await handle({ ...event, id: "e-2", payload: { ...transition, action: "claim-review", reason: null } });
    expect(await findDecisions(world.deps, world.story.id)).toMatchObject([
      {
        title: "Design rejected: Put it into one place.",
        category: "review",
        taskId: task,
        author: olga,
        affects: { pullRequest: 7, commit: { sha: "sha-1", tree: "tree-1" }, files: ["src/a.ts", "src/b.ts"] },
      },
    ]);
    expect((await world.edges("AFFECTS")).map(({ id }) => id)).toEqual([
      "100#7",
      task,
      "100:src/a.ts",
      "100:src/b.ts",
      "100@sha-1",
    ]);
  });

  test("without words has its title as its reason", async () => {
    const world = await openWorld();
    const taskId = `${world.story.id}-p1-t1` as const;
    const affects = { pullRequest: null, commit: null, files: [] };
    const made = {
      action: "approve-tests",
      principal: olga,
      reason: null,
      affects,
      key: "e-3",
      at: "2026-03-01T10:00:00.000Z",
    };
    await recordVerdict(
      world.deps,
      { storyId: world.story.id, taskId, ...made },
      { correlationId: "d", causationId: "e-3" },
    );
    expect(await findDecisions(world.deps, world.story.id)).toMatchObject([
      { title: "Tests approved", rationale: "Tests approved" },
    ]);
  });

  test("is every action by which a gate judges, and no other", () => {
    for (const { action, judges } of taskRows) {
      const claims = action.startsWith("claim-");
      expect(verdictTitle(action) !== null, action).toBe(judges && !claims);
    }
  });
});

test.each([
  ["One. Two.", "One."],
  ["Use v1.2 of it", "Use v1.2 of it"],
  ["First line\nsecond", "First line"],
  ["x".repeat(500), `${"x".repeat(119)}…`],
])("the title of %j", (text, title) => {
  expect(decisionTitle(text)).toBe(title);
});
