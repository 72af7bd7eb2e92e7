import { describe, expect, it } from "vitest";
import {
  deliberationsOf,
  getDeliberation,
  latestDeliberation,
} from "../../../src/deliberation/application/find-deliberations.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { requestPlan } from "../../../src/deliberation/application/request-plan.ts";
import { stopDeliberations } from "../../../src/deliberation/application/stop-deliberations.ts";
import type { ReviewOutcome } from "../../../src/deliberation/domain/outcome.ts";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { allMissing } from "../../../src/kernel/review.ts";
import { checkPayload } from "../../../src/platform/outbox/parse-event.ts";
import { seats } from "../../planning/a-ceremony.ts";
import { deliberationsOfEachTest, readyForPlanning, storyFacts } from "../a-deliberation.ts";

const open = deliberationsOfEachTest();

const id = "7-12-c1-s12";

function ceremony(
  action: "start" | "cancel" | "complete",
  eventId = "e-1",
): FleetEvent<"planning.ceremony.transitioned"> {
  const from = action === "start" ? "draft" : "in-progress";
  return {
    ...readyForPlanning(eventId),
    type: "planning.ceremony.transitioned",
    payload: {
      ceremonyId: "7-12-c1",
      action,
      principal: { kind: "system" },
      role: null,
      reason: null,
      deliveryId: null,
      from,
      to: action === "start" ? "in-progress" : action === "cancel" ? "cancelled" : "completed",
      stories: ["7-12"],
    },
  };
}

const outcome: ReviewOutcome = {
  kind: "review",
  reviews: [...seats("ready", "not-ready", null)],
  reason: "architect: ready; qa: not-ready; devops: missing.",
  tokens: { in: 7, out: 3 },
  ms: 5,
  statistics: { members: 3, calls: 3, msByStep: {} },
};

describe("a ceremony that starts", () => {
  it("has each story reviewed by a council of its own, once, however often the event comes", async () => {
    const { subscriber, jobs, events } = await open();
    await subscriber.handle(ceremony("start"));
    await subscriber.handle(ceremony("start"));
    expect(jobs).toMatchObject([
      { deliberationId: id, kind: "review", task: null, members: [{ number: 1 }, { number: 2 }, { number: 3 }] },
      { deliberationId: id },
    ]);
    expect(events.map(({ type }) => type)).toEqual(["deliberation.started"]);
  });

  it("hears the reviews as an event, and the graph keeps each", async () => {
    const { deps, subscriber, events, graph } = await open();
    await subscriber.handle(ceremony("start"));
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome });
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome });
    expect(events.slice(1)).toMatchObject([
      {
        type: "deliberation.completed",
        payload: { kind: "review", plan: null, winner: null, reviews: outcome.reviews },
      },
    ]);
    for (const { type, payload } of events) expect(() => checkPayload(type, payload)).not.toThrow();
    expect((await getDeliberation(deps, id))?.outcome).toEqual(outcome);
    const rows = await graph.read((tx) =>
      tx.run(
        "MATCH (:Deliberation {id: $id})-[:PRODUCED]->(r:Review) RETURN r.role AS role, r.verdict AS verdict ORDER BY role",
        { id },
      ),
    );
    expect(rows).toEqual([
      { role: "architect", verdict: "ready" },
      { role: "qa", verdict: "not-ready" },
    ]);
    expect((await deps.graph.read((tx) => deps.deliberations.spent(tx, "7-12"))).tokens).toEqual({
      in: 7,
      out: 3,
    });
  });

  it.each([
    [
      "no model can be had",
      { served: async () => [] },
      "No model host is configured or healthy, so no council can work.",
    ],
    [
      "the story went on meanwhile",
      { storyFacts: async () => ({ ...storyFacts, state: "planned" as const }) },
      "The story is in planned, where nothing is left to be reviewed.",
    ],
  ])("hears at once where %s", async (_, changes, reason) => {
    const { subscriber, events, jobs } = await open(changes);
    await subscriber.handle(ceremony("start"));
    expect(jobs).toEqual([]);
    expect(events).toMatchObject([
      { type: "deliberation.failed", payload: { deliberationId: id, kind: "review", reason } },
    ]);
  });

  it("asks nobody where nobody waits any more: its event came after the end", async () => {
    const { subscriber, events, jobs } = await open({ isReviewAwaited: async () => false });
    await subscriber.handle(ceremony("start"));
    expect([events, jobs]).toEqual([[], []]);
  });
});

describe("a ceremony that is cancelled", () => {
  it("stops its councils, and only those", async () => {
    const { deps, subscriber, cancelled } = await open();
    await requestPlan(deps, "7-12");
    await subscriber.handle(ceremony("start"));
    await subscriber.handle(ceremony("cancel", "e-2"));
    expect(cancelled).toEqual([id]);
    const all = await deliberationsOf(deps, "7-12");
    // Both were asked for at about the same time, so their order says nothing.
    expect(all.map(({ kind, status, note }) => [kind, status, note]).sort()).toEqual([
      ["plan", "queued", null],
      ["review", "cancelled", "The backlog review was cancelled."],
    ]);
  });

  it("is no reason to stop them when it is completed", async () => {
    const { subscriber, cancelled } = await open();
    await subscriber.handle(ceremony("start"));
    await subscriber.handle(ceremony("complete", "e-2"));
    expect(cancelled).toEqual([]);
  });
});

describe("a review beside a plan", () => {
  it("is never taken for one", async () => {
    const { deps, subscriber, jobs } = await open();
    await subscriber.handle(ceremony("start"));
    expect(await latestDeliberation(deps, { storyId: "7-12" })).toBeNull();
    await requestPlan(deps, "7-12");
    expect(jobs.map(({ deliberationId }) => deliberationId)).toEqual([id, "7-12-plan-r1"]);
    expect(await latestDeliberation(deps, { storyId: "7-12" })).toMatchObject({ kind: "plan" });
    const plan = { storyId: "7-12", of: "plan", reason: "Enough.", deliveryId: "d" } as const;
    expect(await stopDeliberations(deps, plan)).toEqual(["7-12-plan-r1"]);
    expect(await stopDeliberations(deps, { ...plan, of: "everything", deliveryId: "d-2" })).toEqual([id]);
  });
});

it("every role has a seat where all are missing", () => {
  expect(allMissing("Stopped.").map(({ role, missing }) => [role, missing])).toEqual([
    ["architect", "Stopped."],
    ["qa", "Stopped."],
    ["devops", "Stopped."],
  ]);
});
