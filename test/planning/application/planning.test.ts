import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventBody, FleetEvent } from "../../../src/kernel/event.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";
import type { TaskState } from "../../../src/kernel/states.ts";
import { derivePlan } from "../../../src/planning/application/derive-plan.ts";
import {
  createFindStoryFacts,
  findStories,
  getStory,
  listStoryHistory,
} from "../../../src/planning/application/find-stories.ts";
import { followTasks } from "../../../src/planning/application/follow-tasks.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { transitionStory } from "../../../src/planning/application/transition-story.ts";
import type { StoryAction } from "../../../src/planning/domain/story-machine.ts";
import type { TaskStanding } from "../../../src/planning/domain/story-request.ts";
import { graphStories } from "../../../src/planning/infrastructure/graph-stories.ts";
import { planningSubscriber } from "../../../src/planning/infrastructure/planning-subscriber.ts";
import { alice, at, author, holding, issueFacts, planTasks } from "../a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../a-world.ts";

const id = "100-42";
const feedback = "Because the total is wrong.";
const later = "2026-03-02T10:00:00Z";
let world: PlanningWorld;

beforeEach(async () => {
  world = await openPlanningWorld();
});

afterEach(async () => {
  await world.graph.close();
});

function ask(action: StoryAction, changes: { deliveryId?: string; feedback?: string; planShownHash?: string } = {}) {
  const command = {
    storyId: id,
    action,
    principal: alice,
    roles: holding("product-owner"),
    deliveryId: null,
    at,
  } as const;
  return transitionStory(world.deps, { ...command, ...changes });
}

async function planned(): Promise<void> {
  await recordIssue(world.deps, issueFacts());
  await ask("submit");
  await ask("approve-scope");
  await derivePlan(world.deps, { storyId: id, tasks: planTasks, source: "typed", deliveryId: "d-plan" });
}

async function stateOf(): Promise<string | undefined> {
  return (await getStory(world.deps, id))?.state;
}

async function types(): Promise<readonly string[]> {
  return (await world.events()).map((event) => event.type.replace("planning.", ""));
}

function standings(...states: TaskState[]): readonly TaskStanding[] {
  return states.map((state, index) => ({
    id: `100-42-p1-t${index + 1}`,
    number: index + 1,
    state,
    merged: state === "done",
  }));
}

describe("recording an issue", () => {
  it("makes a draft once, with its event", async () => {
    const first = await recordIssue(world.deps, issueFacts());
    const again = await recordIssue(world.deps, issueFacts({ deliveryId: "d-2" }));
    expect(again).toEqual(first);
    expect(await getStory(world.deps, id)).toEqual(first);
    const [event, ...others] = await world.events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: "planning.story.created",
      producer: "planning",
      correlationId: "d-1",
      causationId: null,
      subject: { installation: 11, repository: 100, story: id, task: null },
    });
    expect(world.commits()).toBe(2);
  });

  it("makes one story of fifty deliveries at once", async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => recordIssue(world.deps, issueFacts({ deliveryId: `d-${index}` }))),
    );
    expect(await findStories(world.deps, {})).toHaveLength(1);
    expect(await types()).toEqual(["story.created"]);
  });

  it("keeps everything that it is told, and saves nothing when nothing changed", async () => {
    await recordIssue(world.deps, issueFacts());
    const { deliveryId: _none, ...facts } = issueFacts({
      labels: [],
      milestone: { number: 3, title: "Sprint 3" },
      openBlockers: 2,
      updatedAt: later,
    });
    const updated = await recordIssue(world.deps, { ...facts, deliveryId: null });
    expect(updated).toMatchObject({ version: 2, labels: [], milestone: { number: 3 }, openBlockers: 2 });
    expect(await getStory(world.deps, id)).toEqual(updated);
    const same = await recordIssue(world.deps, { ...facts, deliveryId: null });
    expect(same.version).toBe(2);
  });

  it("puts the story into its milestone's epic, and moves it", async () => {
    const epics = () => world.graph.query("MATCH (e:Epic)-[:CONTAINS]->(s:Story) RETURN e.id AS epic, s.id AS story");
    await recordIssue(world.deps, issueFacts({ milestone: { number: 1, title: "One" } }));
    expect(await epics()).toEqual([{ epic: "100-m1", story: id }]);
    await recordIssue(world.deps, issueFacts({ milestone: { number: 2, title: "Two" }, updatedAt: later }));
    expect(await epics()).toEqual([{ epic: "100-m2", story: id }]);
    await recordIssue(world.deps, issueFacts({ milestone: null, updatedAt: later }));
    expect(await epics()).toEqual([]);
  });

  it("takes back the approval of a text that is edited before work starts", async () => {
    await planned();
    const edited = await recordIssue(
      world.deps,
      issueFacts({ body: "Another text", updatedAt: later, deliveryId: "d-edit" }),
    );
    expect(edited).toMatchObject({ state: "po-review", approvedBodyHash: null, plan: { status: "rejected" } });
    expect(edited.note).toContain("edited after its approval");
    expect(await getStory(world.deps, id)).toEqual(edited);
    const last = (await listStoryHistory(world.deps, id)).at(-1);
    expect(last).toMatchObject({ action: "invalidate-scope", principal: { kind: "system" }, deliveryId: "d-edit" });
  });

  it("leaves the approved text in force once work has started", async () => {
    await planned();
    await ask("approve-plan");
    world.setTasks(standings("implementing", "todo"));
    await followTasks(world.deps, id);
    const edited = await recordIssue(world.deps, issueFacts({ body: "Another text", updatedAt: later }));
    expect(edited).toMatchObject({ state: "in-progress", body: issueFacts().body, edited: { body: "Another text" } });
    expect(await getStory(world.deps, id)).toEqual(edited);
    await ask("reset", { feedback });
    expect(await getStory(world.deps, id)).toMatchObject({
      state: "draft",
      body: "Another text",
      edited: null,
      note: null,
    });
  });
});

describe("moving a story", () => {
  it("saves state, record and event together", async () => {
    await recordIssue(world.deps, issueFacts());
    const decision = await transitionStory(world.deps, {
      storyId: id,
      action: "submit",
      principal: author,
      roles: holding(),
      deliveryId: "d-7",
      at,
    });
    expect(decision.kind).toBe("moved");
    expect(await stateOf()).toBe("po-review");
    expect(await listStoryHistory(world.deps, id)).toEqual([
      {
        from: "draft",
        to: "po-review",
        action: "submit",
        principal: author,
        role: null,
        reason: null,
        deliveryId: "d-7",
        at,
      },
    ]);
    const event = (await world.events()).at(-1);
    expect(event).toMatchObject({
      type: "planning.story.transitioned",
      correlationId: "d-7",
      payload: { principal: author },
    });
  });

  it("has the effect of one delivery once", async () => {
    await planned();
    await ask("reject-plan", { feedback, deliveryId: "d-no" });
    await derivePlan(world.deps, { storyId: id, tasks: planTasks, source: "typed", deliveryId: "d-plan-2" });
    expect(await ask("reject-plan", { feedback, deliveryId: "d-no" })).toEqual({ kind: "unchanged" });
    expect(await getStory(world.deps, id)).toMatchObject({
      state: "planned",
      plan: { version: 2 },
      planFeedback: [feedback],
    });
    const plans = await world.graph.query(
      "MATCH (:Story {id: $id})-[:HAS_PLAN]->(p:Plan) RETURN p.id AS id, p.status AS status ORDER BY id",
      { id },
    );
    expect(plans).toEqual([
      { id: "100-42-p1", status: "rejected" },
      { id: "100-42-p2", status: "proposed" },
    ]);
  });

  it("lets exactly one of many contradicting commands win", async () => {
    await planned();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0
          ? ask("approve-plan", { deliveryId: `y-${index}` })
          : ask("reject-plan", { deliveryId: `n-${index}`, feedback }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.kind === "moved")).toHaveLength(1);
    expect((await listStoryHistory(world.deps, id)).filter((record) => record.from === "planned")).toHaveLength(1);
    expect(
      (await world.events()).filter(
        (event) => event.type === "planning.plan.approved" || event.type === "planning.plan.rejected",
      ),
    ).toHaveLength(1);
  });

  it("saves nothing when it breaks off in the middle", async () => {
    await recordIssue(world.deps, issueFacts());
    const before = await getStory(world.deps, id);
    const broken = {
      ...world.deps,
      events: async () => {
        throw new Error("the engine went away");
      },
    };
    const submit = {
      storyId: id,
      action: "submit",
      principal: author,
      roles: holding(),
      deliveryId: "d-7",
      at,
    } as const;
    await expect(transitionStory(broken, submit)).rejects.toThrow("the engine went away");
    await expect(recordIssue(broken, issueFacts({ issueNumber: 43 }))).rejects.toThrow("the engine went away");
    expect(await getStory(world.deps, id)).toEqual(before);
    expect(await getStory(world.deps, "100-43")).toBeNull();
    expect(await listStoryHistory(world.deps, id)).toEqual([]);
    expect((await transitionStory(world.deps, submit)).kind).toBe("moved");
  });

  it("leaves an event of a denial, and none of another refusal", async () => {
    await planned();
    const before = (await types()).length;
    const outsider = {
      storyId: id,
      action: "approve-plan",
      principal: author,
      roles: holding("developer"),
      deliveryId: "d-x",
      at,
    } as const;
    expect(await transitionStory(world.deps, outsider)).toMatchObject({ kind: "refused" });
    expect((await world.events()).at(-1)).toMatchObject({
      type: "access.denied",
      payload: {
        action: "approve-plan",
        state: "planned",
        reason: "role-missing",
        principal: author,
        deliveryId: "d-x",
      },
    });
    await ask("reject-plan", { feedback: "no" });
    expect(await types()).toHaveLength(before + 1);
    expect(await stateOf()).toBe("planned");
  });

  it("knows no story that is not there", async () => {
    const unknown = { kind: "refused", refusal: { reason: "unknown-story" } };
    expect(await ask("submit")).toMatchObject(unknown);
    expect(await followTasks(world.deps, id)).toMatchObject(unknown);
    expect(
      await derivePlan(world.deps, { storyId: id, tasks: planTasks, source: "typed", deliveryId: null }),
    ).toMatchObject(unknown);
    expect(await listStoryHistory(world.deps, id)).toEqual([]);
    expect(await createFindStoryFacts(graphStories)({ run: async () => [] }, id)).toBeNull();
  });

  it("refuses a story that changed under its hands", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    const old = { ...story, version: 7 };
    await expect(world.graph.write((tx) => graphStories.save(tx, old, { ...old, note: "x" }, []))).rejects.toThrow(
      "changed while",
    );
  });
});

describe("following the tasks", () => {
  const road: readonly (readonly [TaskState, string])[] = [
    ["todo", "ready-for-execution"],
    ["implementing", "in-progress"],
    ["pending-arch-review", "code-review"],
    ["pending-qa", "testing"],
    ["qa-failed", "in-progress"],
    ["pending-po-approval", "ready-to-review"],
  ];

  it("goes through every state, in both directions, and twice makes no difference", async () => {
    await planned();
    await ask("approve-plan");
    for (const [taskState, storyState] of road) {
      world.setTasks(standings(taskState));
      await followTasks(world.deps, id);
      expect(await stateOf(), taskState).toBe(storyState);
      expect(await followTasks(world.deps, id)).toEqual({ kind: "unchanged" });
    }
    world.setTasks(standings("done"));
    expect((await ask("accept")).kind).toBe("moved");
    expect(await stateOf()).toBe("done");
    const records = await listStoryHistory(world.deps, id);
    expect(records.slice(1).map((record) => record.from)).toEqual(records.slice(0, -1).map((record) => record.to));
    expect(records.slice(-2).map((record) => [record.action, record.principal.kind])).toEqual([
      ["accept", "human"],
      ["finish", "system"],
    ]);
  });

  it("finds a carried-over story where its tasks have gone", async () => {
    await planned();
    await ask("approve-plan");
    world.setTasks(standings("implementing"));
    await followTasks(world.deps, id);
    await ask("carry-over");
    world.setTasks(standings("pending-qa"));
    expect(await followTasks(world.deps, id)).toEqual({ kind: "unchanged" });
    await ask("continue");
    expect(await stateOf()).toBe("testing");
  });

  it("refuses what the tasks do not allow, unless the command says how they stand", async () => {
    await planned();
    await ask("approve-plan");
    world.setTasks(standings("pending-po-approval"));
    await followTasks(world.deps, id);
    expect(await ask("accept")).toMatchObject({ kind: "refused", refusal: { reason: "tasks-open" } });
    const accept = {
      storyId: id,
      action: "accept",
      principal: alice,
      roles: holding("product-owner"),
      deliveryId: null,
      at,
    } as const;
    expect(await transitionStory(world.deps, { ...accept, tasks: standings("done") })).toMatchObject({ kind: "moved" });
  });
});

describe("looking for stories", () => {
  it("narrows by repository, state and milestone, with their plans", async () => {
    await planned();
    await recordIssue(world.deps, issueFacts({ issueNumber: 7, milestone: { number: 3, title: "Sprint" } }));
    await recordIssue(world.deps, issueFacts({ repository: 200, issueNumber: 1 }));
    const ids = async (filter: Parameters<typeof findStories>[1]) =>
      (await findStories(world.deps, filter)).map((story) => story.id);
    expect(await ids({})).toEqual(["100-7", "100-42", "200-1"]);
    expect(await ids({ repository: 100 })).toEqual(["100-7", "100-42"]);
    expect(await ids({ states: ["planned", "done"] })).toEqual(["100-42"]);
    expect(await ids({ repository: 100, milestone: 3 })).toEqual(["100-7"]);
    expect(await ids({ states: [] })).toEqual([]);
    const [story] = await findStories(world.deps, { states: ["planned"] });
    expect(story).toEqual(await getStory(world.deps, id));
    expect(story?.plan?.tasks).toEqual(planTasks);
  });

  it("tells other contexts what they need", async () => {
    await planned();
    const facts = () => world.graph.read((tx) => createFindStoryFacts(graphStories)(tx, id));
    expect(await facts()).toEqual({
      owner: "acme",
      repo: "shop",
      issueNumber: 42,
      approvedPlan: null,
      executing: false,
    });
    await ask("approve-plan");
    expect(await facts()).toMatchObject({ approvedPlan: 1, executing: true });
    await ask("carry-over");
    expect(await facts()).toMatchObject({ approvedPlan: 1, executing: false });
  });
});

describe("planning's subscriber", () => {
  function event(body: EventBody, story: string | null = id): FleetEvent {
    return createEvent(body, {
      id: "01EVENT",
      now: Date.parse(at),
      producer: "test",
      correlationId: "d-1",
      causationId: null,
      subject: { installation: 11, repository: 100, story, task: null },
    });
  }
  const completed = (plan: typeof planTasks | null) =>
    event({
      type: "deliberation.completed",
      payload: {
        deliberationId: "100-42-plan-r1",
        kind: "plan",
        winner: null,
        reason: "",
        plan: plan === null ? null : [...plan],
      },
    });

  it("records a council's plan once, even after the plan was rejected", async () => {
    await recordIssue(world.deps, issueFacts());
    await ask("submit");
    await ask("approve-scope");
    const subscriber = planningSubscriber(world.deps);
    await subscriber.handle(completed(planTasks));
    expect(await getStory(world.deps, id)).toMatchObject({ state: "planned", plan: { source: "council" } });
    expect((await world.events()).at(-1)).toMatchObject({ correlationId: "d-1", causationId: "01EVENT" });
    await ask("reject-plan", { feedback });
    await subscriber.handle(completed(planTasks));
    expect(await stateOf()).toBe("ready-for-planning");
  });

  it("follows the tasks, and leaves what is none of its business", async () => {
    await planned();
    await ask("approve-plan");
    world.setTasks(standings("implementing"));
    const subscriber = planningSubscriber(world.deps);
    const done = { type: "workflow.story.tasks-completed", payload: { merged: 1 } } as const;
    await subscriber.handle(event(done, null));
    await subscriber.handle(event(done, "not a story"));
    await subscriber.handle(completed(null));
    expect(await stateOf()).toBe("ready-for-execution");
    await subscriber.handle(event(done));
    expect(await stateOf()).toBe("in-progress");
    expect(subscriber.types).toContain("workflow.task.transitioned");
  });
});
