import { describe, expect, it } from "vitest";
import { allowMore } from "../../../src/deliberation/application/allow-more.ts";
import { budgetAccounts } from "../../../src/deliberation/application/budget-accounts.ts";
import { getDeliberation, spentOn } from "../../../src/deliberation/application/find-deliberations.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { requestPlan } from "../../../src/deliberation/application/request-plan.ts";
import { startWaiting } from "../../../src/deliberation/application/start-waiting.ts";
import { stopDeliberations } from "../../../src/deliberation/application/stop-deliberations.ts";
import type {
  CouncilConfiguration,
  DeliberationUseCaseDeps,
} from "../../../src/deliberation/application/use-case-ports.ts";
import { noLimits, type ScopeLimits } from "../../../src/deliberation/domain/council-budget.ts";
import { isTaskId } from "../../../src/kernel/parse-ids.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { assigned, deliberationsOfEachTest, implementation, readyForPlanning, taskFacts } from "../a-deliberation.ts";

const openEach = deliberationsOfEachTest();

const id = "7-12-p1-t1-r1";
const planId = "7-12-plan-r1";
const day = (text: string) => Date.parse(`2026-05-${text}:00.000Z`);

/** One council may use 1,000 tokens, and all of a day `tokensADay`, of a story and a task what `more` says. */
async function open(
  tokensADay: number | null,
  changes: Partial<DeliberationUseCaseDeps> = {},
  more: Partial<ScopeLimits> = {},
  minutes: Partial<ScopeLimits> = {},
) {
  const settings = { tokensADay, now: day("04T09:00") };
  const configuration = async (): Promise<CouncilConfiguration> => ({
    council: { start: "auto", members: 3, models: [], temperatures: [], budget: { tokens: 1_000, minutes: 5 } },
    checks: { install: null, build: null, lint: null, test: null },
    paths: { deny: [], tests: [] },
    limits: { tokens: { ...noLimits, ...more, day: settings.tokensADay }, minutes: { ...noLimits, ...minutes } },
  });
  const opened = await openEach({ configurationOf: configuration, clock: () => settings.now, ...changes });
  return { ...opened, settings };
}

/** How the day's tokens of a repository stand. */
const today = async (deps: DeliberationUseCaseDeps, repository: number) =>
  (await budgetAccounts(deps, { repository, story: "7-12", task: null })).find(({ scope }) => scope === "day");

const used = (tokensIn: number, tokensOut: number) => ({ tokens: { in: tokensIn, out: tokensOut }, ms: 50 });
const budgets = (jobs: readonly { deliberationId: string; budget: { tokens: number } }[]) =>
  jobs.map(({ deliberationId, budget }) => [deliberationId, budget.tokens]);

describe("a council on a day with a limit", () => {
  it("gets at most what is left of it, and what it holds is nobody else's", async () => {
    const { deps, subscriber, jobs } = await open(1_300);
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    expect(budgets(jobs)).toEqual([
      [planId, 1_000],
      [id, 300],
    ]);
    expect(await today(deps, 7)).toMatchObject({ used: 0, held: 1_300, of: 1_300 });
    expect(await today(deps, 8)).toMatchObject({ used: 0, held: 0, of: 1_300 });
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
    expect(await today(deps, 7)).toMatchObject({ used: 15, held: 1_000, of: 1_300 });
  });

  it("whose request is repeated keeps the tokens that it got", async () => {
    const { subscriber, jobs } = await open(600);
    await subscriber.handle(assigned(1));
    await subscriber.handle(assigned(1));
    expect(budgets(jobs)).toEqual([
      [id, 600],
      [id, 600],
    ]);
  });

  it("waits where the tokens are used up: no job, one event, and the reason", async () => {
    const { deps, subscriber, jobs, events } = await open(1_000);
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    await subscriber.handle(assigned(1));
    expect(budgets(jobs)).toEqual([[planId, 1_000]]);
    expect(await getDeliberation(deps, id)).toMatchObject({
      status: "waiting",
      grant: null,
      note: expect.stringContaining("councils at work hold 1,000"),
    });
    expect(events.map(({ type }) => type)).toEqual(["deliberation.started", "deliberation.postponed"]);
    expect(events[1]).toMatchObject({
      correlationId: "delivery-1",
      causationId: "event-1",
      payload: {
        deliberationId: id,
        kind: "implementation",
        round: 1,
        reason: expect.stringContaining("after midnight UTC"),
      },
    });
    expect((await spentOn(deps, "7-12")).councils).toBe(1);
  });

  it("without a limit has its own budget only", async () => {
    const { deps, subscriber, jobs } = await open(null);
    await subscriber.handle(assigned(1));
    expect(budgets(jobs)).toEqual([[id, 1_000]]);
    expect(await today(deps, 7)).toBeUndefined();
  });
});

describe("minutes", () => {
  const minutes = (jobs: readonly { deliberationId: string; budget: { minutes: number } }[]) =>
    jobs.map(({ deliberationId, budget }) => [deliberationId, budget.minutes]);
  const usedFor = (ms: number) => ({ tokens: { in: 1, out: 1 }, ms });
  const failed = { kind: "failed", status: "failed", reason: "why" } as const;

  it("are got, held and used like tokens: a council gets what is left, and the next one waits and says so", async () => {
    const { deps, subscriber, jobs } = await open(null, {}, {}, { day: 8 });
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    expect(minutes(jobs)).toEqual([
      [planId, 5],
      [id, 3],
    ]);
    expect(await getDeliberation(deps, id)).toMatchObject({ grant: { tokens: 1_000, minutes: 3 } });
    await recordReport(deps, { ...failed, deliberationId: planId, used: usedFor(61_000) });
    expect(await today(deps, 7)).toMatchObject({ unit: "minutes", used: 2, held: 3, of: 8 });
    await recordReport(deps, { ...failed, deliberationId: id, used: usedFor(6 * 60_000) });
    await requestPlan(deps, "7-12");
    expect(await getDeliberation(deps, "7-12-plan-r2")).toMatchObject({
      status: "waiting",
      note: expect.stringContaining("8 of 8 (limits.minutes-a-day). It begins by itself when there are some again."),
    });
  });

  it("of a task are raised by the product owner, and what waits for them begins", async () => {
    const { deps, subscriber, jobs, events } = await open(null, {}, {}, { task: 2 });
    await subscriber.handle(assigned(1));
    await recordReport(deps, { ...failed, deliberationId: id, used: usedFor(119_000) });
    await subscriber.handle(assigned(2));
    const story = { id: "7-12", installation: 1, repository: 7 } as const;
    const more = { unit: "minutes", amount: 4 } as const;
    for (let said = 0; said < 2; said++)
      await allowMore(deps, { story, task: "7-12-p1-t1", more, by: "human:4", deliveryId: "d1" });
    expect(events.filter(({ type }) => type === "deliberation.tokens-allowed")).toMatchObject([
      { payload: { tokens: 0, minutes: 4, by: "human:4" } },
    ]);
    expect(await startWaiting(deps)).toBe(1);
    expect(minutes(jobs)).toEqual([
      [id, 2],
      ["7-12-p1-t1-r2", 4],
    ]);
  });

  it("and tokens that are both used up are both told", async () => {
    const { deps, subscriber } = await open(null, {}, { story: 10 }, { story: 1 });
    await subscriber.handle(readyForPlanning("e1"));
    await recordReport(deps, { ...failed, deliberationId: planId, used: { tokens: { in: 9, out: 9 }, ms: 1 } });
    await requestPlan(deps, "7-12");
    const waiting = await getDeliberation(deps, "7-12-plan-r2");
    expect(waiting?.note).toMatch(/tokens-a-story\).*minutes-a-story\).*\/budget \+100000.*\/budget \+60min/);
  });
});

describe("what waits for tokens", () => {
  it("begins on the next day, the one that was asked for first before the others", async () => {
    const { deps, subscriber, jobs, events, settings } = await open(1_000);
    await subscriber.handle(readyForPlanning("e1"));
    await recordReport(deps, {
      kind: "failed",
      deliberationId: planId,
      status: "failed",
      reason: "why",
      used: used(900, 200),
    });
    settings.now = day("04T10:00");
    await subscriber.handle(assigned(1));
    settings.now = day("04T11:00");
    await requestPlan(deps, "7-12");
    settings.now = day("04T23:59");
    expect(await startWaiting(deps)).toBe(0);
    settings.now = day("05T00:00");
    expect(await startWaiting(deps)).toBe(1);
    expect(await startWaiting(deps)).toBe(0);
    expect(budgets(jobs)).toEqual([
      [planId, 1_000],
      [id, 1_000],
    ]);
    expect(events.at(-1)).toMatchObject({
      type: "deliberation.started",
      correlationId: "delivery-1",
      causationId: "event-1",
    });
    expect(await getDeliberation(deps, id)).toMatchObject({
      status: "queued",
      note: null,
      startedAt: "2026-05-04T10:00:00.000Z",
      grant: { tokens: 1_000, at: "2026-05-05T00:00:00.000Z" },
    });
    await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
    expect(await startWaiting(deps)).toBe(1);
    expect(budgets(jobs).at(-1)).toEqual(["7-12-plan-r2", 985]);
  });

  it("begins once the limit is raised or taken away", async () => {
    const { deps, subscriber, jobs, settings } = await open(1_000);
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    settings.tokensADay = 1_200;
    expect(await startWaiting(deps)).toBe(1);
    expect(budgets(jobs).at(-1)).toEqual([id, 200]);
  });

  it("is not lost where it was killed between its start and its queue", async () => {
    let kills = 1;
    const jobs: string[] = [];
    const { deps, subscriber, settings } = await open(1_000, {
      enqueue: async ({ deliberationId }) => {
        if (deliberationId === id && kills-- > 0) throw new Error("killed");
        jobs.push(deliberationId);
      },
    });
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    settings.tokensADay = null;
    await expect(startWaiting(deps)).rejects.toThrow("killed");
    expect(await getDeliberation(deps, id)).toMatchObject({ status: "waiting", grant: { tokens: 1_000 } });
    expect(await startWaiting(deps)).toBe(1);
    expect(jobs).toEqual([planId, id]);
  });

  it("begins no more once it is stopped, and a job that never was is not cancelled", async () => {
    const { deps, subscriber, jobs, cancelled, settings } = await open(1_000);
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    await stopDeliberations(deps, {
      storyId: "7-12",
      of: { task: "7-12-p1-t1" },
      reason: "Stopped by @dev.",
      deliveryId: "d",
    });
    settings.tokensADay = null;
    expect(await startWaiting(deps)).toBe(0);
    await subscriber.handle(assigned(1));
    expect([budgets(jobs), cancelled]).toEqual([[[planId, 1_000]], []]);
    expect(await getDeliberation(deps, id)).toMatchObject({ status: "cancelled" });
  });

  it("is left alone where its task was taken from it", async () => {
    let heldByCouncil = true;
    const { deps, subscriber, jobs, settings } = await open(1_000, {
      taskFacts: async () => ({ ...taskFacts, heldByCouncil }),
    });
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    heldByCouncil = false;
    settings.tokensADay = null;
    expect(await startWaiting(deps)).toBe(0);
    expect(jobs).toHaveLength(1);
  });

  it("goes back to people where there is no model any more", async () => {
    let hosts = [{ host: "http://h/v1", model: "m" }];
    const { deps, subscriber, events, settings } = await open(1_000, { served: async () => hosts });
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    hosts = [];
    settings.tokensADay = null;
    expect(await startWaiting(deps)).toBe(0);
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["deliberation.failed", "agent.work.failed"]);
  });
});

describe("a task or a story with a limit", () => {
  const allow = (deps: DeliberationUseCaseDeps, task: "7-12-p1-t1" | null, tokens: number, deliveryId = "d1") =>
    allowMore(deps, {
      story: { id: "7-12", installation: 1, repository: 7 },
      task,
      more: { unit: "tokens", amount: tokens },
      by: "human:4",
      deliveryId,
    });
  const failed = { kind: "failed", status: "failed", reason: "why" } as const;

  it("lets the next round wait, past midnight too, until the product owner allows more", async () => {
    const { deps, subscriber, jobs, events, settings } = await open(null, {}, { task: 1_200 });
    await subscriber.handle(assigned(1));
    await recordReport(deps, { ...failed, deliberationId: id, used: used(1_000, 300) });
    await subscriber.handle(assigned(2));
    const second = "7-12-p1-t1-r2";
    expect(await getDeliberation(deps, second)).toMatchObject({ status: "waiting", grant: null });
    expect((await getDeliberation(deps, second))?.note).toMatchInlineSnapshot(
      `"The tokens that councils may use on this task are used up: 1,300 of 1,200 (limits.tokens-a-task). It begins by itself when there are some again. The product owner goes on with /budget +100000 (any number) on the task's issue."`,
    );
    settings.now = day("06T09:00");
    expect(await startWaiting(deps)).toBe(0);

    await allow(deps, "7-12-p1-t1", 600);
    await allow(deps, "7-12-p1-t1", 600);
    const allowed = events.filter(({ type }) => type === "deliberation.tokens-allowed");
    expect(allowed).toMatchObject([{ subject: { story: "7-12", task: "7-12-p1-t1" }, payload: { tokens: 600 } }]);
    for (const event of allowed) await subscriber.handle(event);
    expect(budgets(jobs)).toEqual([
      [id, 1_000],
      [second, 500],
    ]);
  });

  it("counts a story's plan and all its tasks together, and a plan for no task", async () => {
    const { deps, subscriber, jobs } = await open(null, {}, { story: 1_500, task: 400 });
    await subscriber.handle(readyForPlanning("e1"));
    await subscriber.handle(assigned(1));
    expect(budgets(jobs)).toEqual([
      [planId, 1_000],
      [id, 400],
    ]);
    expect(await budgetAccounts(deps, { repository: 7, story: "7-12", task: "7-12-p1-t1" })).toEqual([
      { scope: "task", unit: "tokens", used: 0, held: 400, of: 400, ms: 0 },
      { scope: "story", unit: "tokens", used: 0, held: 1_400, of: 1_500, ms: 0 },
    ]);
    await recordReport(deps, { ...failed, deliberationId: planId, used: used(1_000, 300) });
    await allow(deps, null, 1_000);
    expect(await budgetAccounts(deps, { repository: 7, story: "7-12", task: "7-12-p1-t2" })).toEqual([
      { scope: "task", unit: "tokens", used: 0, held: 0, of: 400, ms: 0 },
      { scope: "story", unit: "tokens", used: 1_300, held: 400, of: 2_500, ms: 50 },
    ]);
  });

  it("says the limit that it waits for now, where that is another one by then", async () => {
    const { deps, subscriber, settings } = await open(null, {}, { task: 500 });
    await subscriber.handle(assigned(1));
    await recordReport(deps, { ...failed, deliberationId: id, used: used(500, 0) });
    await subscriber.handle(assigned(2));
    settings.tokensADay = 500;
    await allow(deps, "7-12-p1-t1", 1_000);
    expect(await startWaiting(deps)).toBe(0);
    const note = (await getDeliberation(deps, "7-12-p1-t1-r2"))?.note;
    expect([note?.includes("limits.tokens-a-day"), note?.includes("limits.tokens-a-task")]).toEqual([true, false]);
  });

  it("is not overspent by councils that are asked for at once", async () => {
    const tasks = [1, 2, 3, 4, 5, 6].map((number) => `7-12-p1-t${number}`).filter(isTaskId);
    const { deps, graph, subscriber, jobs } = await open(
      null,
      { taskFacts: async (task) => ({ ...taskFacts, id: task }) },
      { story: 2_300 },
    );
    // The lock of a name is one node only where its id is unique.
    await ensureSchema(graph);
    await Promise.all(
      tasks.map((task) => subscriber.handle(assigned(1, { subject: { ...assigned(1).subject, task }, id: task }))),
    );
    expect(jobs.map(({ budget }) => budget.tokens).sort((a, b) => b - a)).toEqual([1_000, 1_000, 300]);
    const [account] = await budgetAccounts(deps, { repository: 7, story: "7-12", task: null });
    expect(account).toMatchObject({ used: 0, held: 2_300, of: 2_300 });
  });
});

describe("tokens of a council that brought nothing", () => {
  it("count, also where its worker says so after it was stopped", async () => {
    const { deps, subscriber, events } = await open(5_000);
    await subscriber.handle(assigned(1));
    await stopDeliberations(deps, { storyId: "7-12", of: "everything", reason: "Stopped by @dev.", deliveryId: "d" });
    expect(await today(deps, 7)).toMatchObject({ used: 0, held: 0 });
    const count = events.length;
    const late = {
      kind: "failed",
      deliberationId: id,
      status: "cancelled",
      reason: "The deliberation was cancelled.",
    } as const;
    await recordReport(deps, { ...late, used: used(70, 7) });
    await recordReport(deps, { ...late, used: used(700, 70) });
    expect(await today(deps, 7)).toMatchObject({ used: 77, held: 0 });
    expect(await getDeliberation(deps, id)).toMatchObject({
      status: "cancelled",
      note: "Stopped by @dev.",
      used: used(70, 7),
    });
    expect(await spentOn(deps, "7-12")).toEqual({ councils: 1, ...used(70, 7) });
    expect(events).toHaveLength(count);
  });
});
