import { describe, expect, it } from "vitest";
import {
  getDeliberation,
  latestDeliberation,
  spentOn,
} from "../../../src/deliberation/application/find-deliberations.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { requestPlan } from "../../../src/deliberation/application/request-plan.ts";
import type { AgentRun } from "../../../src/deliberation/domain/agent/agent-run.ts";
import { plainCheck } from "../../../src/deliberation/domain/check-result.ts";
import {
  assigned,
  deliberationsOfEachTest,
  implementation,
  plan,
  readyForPlanning,
  storyFacts,
} from "../a-deliberation.ts";

const open = deliberationsOfEachTest();

const id = "7-12-p1-t1-r1";
const task = { taskId: "7-12-p1-t1" } as const;
const story = { storyId: "7-12" } as const;

describe("an assignment to the council", () => {
  it("becomes a deliberation, an event and a job", async () => {
    const { deps, subscriber, events, jobs, committed } = await open();
    await subscriber.handle(assigned(1));
    expect(jobs).toMatchObject([
      {
        deliberationId: id,
        kind: "implementation",
        round: 1,
        source: { startSha: "b".repeat(40), baseSha: "a".repeat(40) },
        task: { branch: "fleet/12/t1-limit", feedback: ["Name the constant."] },
        members: [{ number: 1, temperature: 0.2 }, { number: 2 }, { number: 3 }],
      },
    ]);
    expect(events).toMatchObject([
      { type: "deliberation.started", correlationId: "delivery-1", causationId: "event-1", payload: { round: 1 } },
    ]);
    expect(await latestDeliberation(deps, task)).toMatchObject({
      id,
      status: "queued",
      outcome: null,
      contextHash: "h",
      contextTokens: { count: 3, by: "models" },
    });
    expect(committed()).toBe(1);
  });

  it("is given a context that each model of its members counts", async () => {
    const asked: (readonly string[])[] = [];
    const served = ["large", "small"].map((model) => ({ host: "http://h/v1", model }));
    const { deps } = await open();
    const { subscriber } = await open({
      served: async () => served,
      buildContext: async (about) => {
        asked.push(about.models);
        return deps.buildContext(about);
      },
    });
    await subscriber.handle(assigned(1));
    expect(asked).toEqual([["large", "small"]]);
  });

  it("that arrives twice is one deliberation, enqueued again in case the first was lost", async () => {
    const { subscriber, events, jobs } = await open();
    await subscriber.handle(assigned(1));
    await subscriber.handle(assigned(1));
    expect(events).toHaveLength(1);
    expect(jobs.map(({ deliberationId }) => deliberationId)).toEqual([id, id]);
  });

  it("is not enqueued again once it is over", async () => {
    const { deps, subscriber, jobs } = await open();
    await subscriber.handle(assigned(1));
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
    await subscriber.handle(assigned(1));
    expect(jobs).toHaveLength(1);
  });

  it("goes back to people where no model is served", async () => {
    const { deps, subscriber, events, jobs } = await open({ served: async () => [] });
    await subscriber.handle(assigned(1));
    expect(jobs).toEqual([]);
    expect(events).toMatchObject([
      { type: "agent.work.failed", payload: { round: 1, reason: expect.stringContaining("No model host") } },
    ]);
    expect(await latestDeliberation(deps, task)).toBeNull();
  });

  it("to a person is none of the council's business", async () => {
    const { subscriber, jobs } = await open();
    const person = { kind: "person" as const, principal: { kind: "system" as const } };
    await subscriber.handle(assigned(1, { payload: { assignee: person, round: 1, feedback: [] } }));
    await subscriber.handle(assigned(1, { subject: { installation: 1, repository: 7, story: "7-12", task: null } }));
    expect(jobs).toEqual([]);
  });

  it("of an unknown task does nothing", async () => {
    const { subscriber, jobs } = await open({ taskFacts: async () => null });
    await subscriber.handle(assigned(1));
    expect(jobs).toEqual([]);
  });
});

describe("a story that waits for a plan", () => {
  it("gets one round for one event, and the next round after a rejection", async () => {
    const { deps, subscriber, jobs, events } = await open();
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(readyForPlanning("e1"));
    expect(jobs.map(({ deliberationId }) => deliberationId)).toEqual(["7-12-plan-r1", "7-12-plan-r1"]);
    await recordReport(deps, { kind: "finished", deliberationId: "7-12-plan-r1", outcome: plan });
    await subscriber.handle(readyForPlanning("e1"));
    expect(jobs).toHaveLength(2);
    await subscriber.handle(readyForPlanning("e2"));
    expect(jobs[2]?.deliberationId).toBe("7-12-plan-r2");
    expect(events.filter(({ type }) => type === "deliberation.started")).toHaveLength(2);
    expect(await latestDeliberation(deps, story)).toMatchObject({ id: "7-12-plan-r2", round: 2 });
  });

  it("is planned by command too, once at a time", async () => {
    const { deps, jobs } = await open({ storyFacts: async () => ({ ...storyFacts, planFeedback: ["Too large."] }) });
    expect(await requestPlan(deps, "7-12")).toMatchObject({ kind: "requested" });
    expect(await requestPlan(deps, "7-12")).toMatchObject({ kind: "already-running" });
    expect(jobs[0]).toMatchObject({ planFeedback: ["Too large."], task: null, source: { startSha: "a".repeat(40) } });
  });

  it("is left alone where councils start by command, in another state, and without a model", async () => {
    const byCommand = await open();
    const configured = await byCommand.deps.configurationOf(7);
    const start = { ...configured, council: { ...configured.council, start: "command" as const } };
    for (const changes of [
      { configurationOf: async () => start },
      { storyFacts: async () => ({ ...storyFacts, state: "planned" as const }) },
      { storyFacts: async () => null },
      { served: async () => [] },
    ]) {
      const { subscriber, jobs, events } = await open(changes);
      await subscriber.handle(readyForPlanning("e1"));
      await subscriber.handle({
        ...readyForPlanning("e1"),
        subject: { installation: 1, repository: 7, story: null, task: null },
      });
      expect([jobs, events]).toEqual([[], []]);
    }
  });
});

const loop: AgentRun = {
  member: 2,
  model: "m",
  role: "developer",
  ended: "finished",
  steps: [
    {
      turn: 1,
      action: "edit",
      about: "",
      why: "I want to.",
      outcome: "refused",
      refusals: [{ path: ".github/fleet.yml", rule: "fleet-configuration", reason: "Not by agents." }],
      result: "Refused",
      tokens: { in: 3, out: 1 },
      ms: 4,
    },
  ],
};

describe("a member's loop", () => {
  it.each([
    { kind: "finished" as const, deliberationId: id, outcome: implementation },
    { kind: "failed" as const, deliberationId: id, status: "failed" as const, reason: "Nobody." },
  ])("is kept with a $kind report, and each call that was refused is audited, once", async (report) => {
    const { deps, subscriber, events } = await open();
    await subscriber.handle(assigned(1));
    for (let time = 0; time < 2; time++) await recordReport(deps, { ...report, agents: [loop] });
    expect(await getDeliberation(deps, id)).toMatchObject({ agents: [loop] });
    expect(events.filter(({ type }) => type === "access.denied")).toMatchObject([
      {
        subject: { task: "7-12-p1-t1" },
        payload: {
          principal: { kind: "agent", role: "developer", number: 2 },
          action: "write",
          reason: "role-missing",
          text: ".github/fleet.yml: Not by agents.",
        },
      },
    ]);
  });
});

describe("a report", () => {
  it("of an end is recorded with its proposals, once", async () => {
    const { deps, subscriber, events, graph } = await open();
    await subscriber.handle(assigned(1));
    await recordReport(deps, { kind: "progress", deliberationId: id, status: "checking", note: "3 candidates" });
    expect(await getDeliberation(deps, id)).toMatchObject({ status: "checking", note: "3 candidates" });
    await recordReport(deps, { kind: "progress", deliberationId: id, status: "drafting", note: "late" });
    expect(await getDeliberation(deps, id)).toMatchObject({ status: "checking" });
    for (let time = 0; time < 2; time++) {
      await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
    }
    expect(await latestDeliberation(deps, task)).toMatchObject({
      status: "completed",
      note: "c1 won",
      endedAt: expect.any(String),
      outcome: implementation,
    });
    expect(events.slice(1)).toMatchObject([
      { type: "deliberation.completed", payload: { winner: `${id}-c1`, plan: null, kind: "implementation" } },
      { type: "agent.work.completed", payload: { proposalId: `${id}-c1`, round: 1 } },
    ]);
    expect(events[1]).toMatchObject({
      correlationId: "delivery-1",
      causationId: "event-1",
      subject: { task: "7-12-p1-t1" },
    });
    expect(
      await graph.query(
        "MATCH (:Deliberation)-[:PRODUCED]->(p:Proposal) RETURN p.id AS id, p.rank AS rank ORDER BY rank",
      ),
    ).toEqual([
      { id: `${id}-c1`, rank: 1 },
      { id: `${id}-c2`, rank: 2 },
    ]);
  });

  it("that nobody passed gives the task back", async () => {
    const { deps, subscriber, events } = await open();
    await subscriber.handle(assigned(1));
    const outcome = { ...implementation, winner: null, reason: "Nobody passed." };
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome });
    expect(events.slice(1)).toMatchObject([
      { type: "deliberation.completed", payload: { winner: null } },
      { type: "agent.work.failed", payload: { reason: "Nobody passed.", round: 1 } },
    ]);
  });

  it("that nobody passed says what failed on the best candidate", async () => {
    const { deps, subscriber, events } = await open();
    await subscriber.handle(assigned(1));
    const [best, ...others] = implementation.candidates;
    if (best === undefined) throw new Error("there is no candidate");
    const lint = { ...plainCheck("lint", "failed", "It failed."), detail: "src/a.js: error: unused x", failing: ["a"] };
    const checks = [plainCheck("builds", "passed", "It passes."), lint];
    const outcome = { ...implementation, winner: null, best: best.id, candidates: [{ ...best, checks }, ...others] };
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome });
    expect(events.at(-1)?.payload).toMatchObject({
      failing: [
        {
          by: "council",
          of: `${id}-${best.id}`,
          name: "lint",
          tests: ["a"],
          why: "It failed.\nsrc/a.js: error: unused x",
        },
      ],
    });
  });

  it.each(["failed", "cancelled", "timed-out"] as const)("of a deliberation that %s says so", async (status) => {
    const { deps, subscriber, events } = await open();
    await subscriber.handle(assigned(1));
    await recordReport(deps, { kind: "failed", deliberationId: id, status, reason: "why" });
    expect(await getDeliberation(deps, id)).toMatchObject({ status, note: "why" });
    expect(events.slice(1).map(({ type }) => type)).toEqual(["deliberation.failed", "agent.work.failed"]);
  });

  it("of a plan carries the tasks", async () => {
    const { deps, subscriber, events } = await open();
    await subscriber.handle(readyForPlanning("e1"));
    await recordReport(deps, { kind: "finished", deliberationId: "7-12-plan-r1", outcome: plan });
    expect(events.slice(1)).toMatchObject([
      { type: "deliberation.completed", payload: { kind: "plan", winner: null, plan: plan.tasks } },
    ]);
    expect(await latestDeliberation(deps, story)).toMatchObject({ outcome: plan });
  });

  it("of a failed plan blames no agent's work", async () => {
    const { deps, subscriber, events } = await open();
    await subscriber.handle(readyForPlanning("e1"));
    await recordReport(deps, { kind: "failed", deliberationId: "7-12-plan-r1", status: "failed", reason: "why" });
    expect(events.slice(1).map(({ type }) => type)).toEqual(["deliberation.failed"]);
  });

  it("of an unknown deliberation is ignored", async () => {
    const { deps, events } = await open();
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
    expect(events).toEqual([]);
  });
});

describe("what deliberations used up", () => {
  it("is added up by story; running ones count as begun", async () => {
    const { deps, subscriber } = await open({ clock: () => Date.parse("2026-05-04T09:00:00Z") });
    expect(await spentOn(deps, "7-12")).toEqual({ councils: 0, tokens: { in: 0, out: 0 }, ms: 0 });
    await subscriber.handle(readyForPlanning("e1"));
    await recordReport(deps, { kind: "finished", deliberationId: "7-12-plan-r1", outcome: plan });
    await subscriber.handle(assigned(1));
    const spent = { councils: 2, tokens: plan.tokens, ms: plan.ms };
    expect(await spentOn(deps, "7-12")).toEqual(spent);
  });
});
