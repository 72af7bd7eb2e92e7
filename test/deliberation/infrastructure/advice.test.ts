import { describe, expect, it } from "vitest";
import {
  deliberationsOf,
  latestAdvice,
  latestDeliberation,
} from "../../../src/deliberation/application/find-deliberations.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { requestAdvice } from "../../../src/deliberation/application/request-advice.ts";
import { startWaiting } from "../../../src/deliberation/application/start-waiting.ts";
import type { DeliberationUseCaseDeps, TaskFacts } from "../../../src/deliberation/application/use-case-ports.ts";
import { noLimits } from "../../../src/deliberation/domain/council-budget.ts";
import type { AdviceOutcome } from "../../../src/deliberation/domain/outcome.ts";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { checkPayload } from "../../../src/platform/outbox/parse-event.ts";
import { assigned, candidate, deliberationsOfEachTest, implementation, taskFacts } from "../a-deliberation.ts";

const open = deliberationsOfEachTest();
const sha = "b".repeat(40);
const handedIn: TaskFacts = {
  ...taskFacts,
  state: "pending-arch-review",
  heldByCouncil: false,
  headSha: sha,
  headTree: "1".repeat(40),
  authors: ["human:12"],
};
const id = `7-12-p1-t1-a-${"1".repeat(16)}`;
const cause = { correlationId: "d-9", causationId: "d-9" };

const asks: FleetEvent<"workflow.validation.required"> = {
  ...assigned(1),
  type: "workflow.validation.required",
  payload: { role: "architect", headSha: sha, headTree: "1".repeat(40) },
};

function moved(from: TaskFacts["state"], action: string): FleetEvent<"workflow.task.transitioned"> {
  const made = { principal: { kind: "system" }, role: null, reason: null, deliveryId: null } as const;
  return {
    ...assigned(1),
    id: `event-${action}`,
    occurredAt: new Date(Date.now() + 60_000).toISOString(),
    type: "workflow.task.transitioned",
    payload: { ...made, action, from, to: "cancelled", headTree: null, headSha: null },
  };
}

const outcome: AdviceOutcome = {
  kind: "advice",
  headSha: sha,
  seats: [{ role: "qa", model: "m", findings: [], dropped: 0, missing: null }],
  reason: "Findings by role: qa: 0.",
  tokens: { in: 7, out: 3 },
  ms: 5,
  statistics: { members: 2, calls: 2, msByStep: {} },
};

/** Deliberation with a task that a test may change. */
async function openWith(changes: Partial<DeliberationUseCaseDeps> = {}) {
  const now = { task: handedIn };
  const opened = await open({ taskFacts: async () => now.task, ...changes });
  return {
    ...opened,
    now,
    statuses: async () => (await deliberationsOf(opened.deps, "7-12")).map((each) => each.status),
  };
}

describe("a change of people that waits at a gate", () => {
  it("is looked at by a seat for each role, once, however often it is asked for", async () => {
    const { subscriber, jobs, events, deps } = await openWith();
    await subscriber.handle(asks);
    await subscriber.handle({ ...asks, id: "event-2" });
    expect(jobs).toMatchObject([
      { deliberationId: id, kind: "advice", source: { startSha: sha }, members: [{ number: 1 }, { number: 2 }] },
      { deliberationId: id },
    ]);
    expect(events.map(({ type }) => type)).toEqual(["deliberation.started"]);
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome });
    await subscriber.handle({ ...asks, id: "event-3", payload: { ...asks.payload, role: "qa" } });
    expect((await requestAdvice(deps, "7-12-p1-t1", cause)).kind).toBe("already-done");
    expect(jobs).toHaveLength(2);
    for (const { type, payload } of events) expect(() => checkPayload(type, payload)).not.toThrow();
  });

  it("has its advice in the graph, counted in the account, and no part in the task's own councils", async () => {
    const { subscriber, deps } = await openWith();
    await subscriber.handle(asks);
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome });
    expect((await latestAdvice(deps, "7-12-p1-t1"))?.outcome).toEqual(outcome);
    expect(await latestDeliberation(deps, { taskId: "7-12-p1-t1" })).toBeNull();
    const spent = await deps.graph.read((tx) => deps.deliberations.spent(tx, "7-12"));
    expect(spent).toMatchObject({ councils: 1, tokens: { in: 7, out: 3 } });
  });

  it.each<[string, Partial<TaskFacts>, string]>([
    ["a council made it", { authors: ["agent:developer:2"] }, "own-work"],
    ["people and a council worked on it, and its tree is a candidate", { headTree: candidate.treeHash }, "own-work"],
    ["it waits at no gate", { state: "implementing" }, "not-now"],
    ["agents' advice is of no use to a product owner", { state: "pending-po-approval" }, "not-now"],
    ["nothing was pushed", { headSha: null, headTree: null }, "not-now"],
    ["the branch has another head by now", { headSha: "c".repeat(40) }, "moved-on"],
  ])("is not looked at where %s", async (_, change, kind) => {
    const { deps, subscriber, jobs, events, now } = await openWith();
    now.task = { ...handedIn, heldByCouncil: true };
    await subscriber.handle(assigned(1));
    await recordReport(deps, { kind: "finished", deliberationId: "7-12-p1-t1-r1", outcome: implementation });
    const before = [jobs.length, events.length];
    now.task = { ...handedIn, ...change };
    expect((await requestAdvice(deps, "7-12-p1-t1", cause)).kind).toBe(kind);
    expect([jobs.length, events.length]).toEqual(before);
  });

  it("is looked at only where somebody asks, if councils do not start by themselves or no model can be had", async () => {
    const { deps, subscriber, jobs } = await openWith();
    const { council, ...rest } = await deps.configurationOf(7);
    const configurationOf = async () => ({ ...rest, council: { ...council, start: "command" as const } });
    const quiet = await openWith({ configurationOf });
    await quiet.subscriber.handle(asks);
    expect(quiet.jobs).toEqual([]);
    expect((await requestAdvice(quiet.deps, "7-12-p1-t1", cause)).kind).toBe("requested");
    const alone = await openWith({ served: async () => [] });
    await alone.subscriber.handle(asks);
    expect([alone.jobs, alone.events]).toEqual([[], []]);
    await subscriber.handle({ ...asks, subject: { ...asks.subject, task: null } });
    expect(jobs).toEqual([]);
  });

  it("is left alone once it was pushed to: the new head is looked at instead", async () => {
    const { subscriber, jobs, now, cancelled, statuses } = await openWith();
    await subscriber.handle(asks);
    now.task = { ...handedIn, headTree: "2".repeat(40) };
    await subscriber.handle({ ...asks, id: "event-2" });
    expect(cancelled).toEqual([id]);
    expect(jobs.at(-1)?.deliberationId).toBe(`7-12-p1-t1-a-${"2".repeat(16)}`);
    expect(await statuses()).toEqual(["cancelled", "queued"]);
  });

  it.each(["reject-design", "discard-task", "retry"])("is left alone after %s", async (action) => {
    const { subscriber, cancelled, statuses } = await openWith();
    await subscriber.handle(asks);
    await subscriber.handle(moved("arch-reviewing", action));
    expect([cancelled, await statuses()]).toEqual([[id], ["cancelled"]]);
  });

  it("is still looked at for qa once the design is approved", async () => {
    const { subscriber, statuses } = await openWith();
    await subscriber.handle(asks);
    await subscriber.handle(moved("arch-reviewing", "approve-design"));
    expect(await statuses()).toEqual(["queued"]);
  });

  it("waits where the day's tokens are used up, and begins when there are some, if it still is the head", async () => {
    let tokensADay = 0;
    const first = await openWith();
    const { limits: _, ...configuration } = await first.deps.configurationOf(7);
    const { subscriber, deps, jobs, now, statuses } = await openWith({
      configurationOf: async () => ({
        ...configuration,
        limits: { tokens: { ...noLimits, day: tokensADay }, minutes: noLimits },
      }),
    });
    await subscriber.handle(asks);
    expect([jobs.length, await statuses()]).toEqual([0, ["waiting"]]);
    tokensADay = 10_000;
    now.task = { ...handedIn, state: "arch-rejected" };
    expect(await startWaiting(deps)).toBe(0);
    now.task = handedIn;
    expect(await startWaiting(deps)).toBe(1);
    expect([jobs.length, await statuses()]).toEqual([1, ["queued"]]);
  });
});
