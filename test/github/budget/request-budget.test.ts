import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BudgetLedger, createMemoryLedger, gitHubLimits } from "../../../src/github/budget/budget-ledger.ts";
import { createRequestBudget } from "../../../src/github/budget/request-budget.ts";
import { requestCost } from "../../../src/github/budget/request-cost.ts";
import { currentUrgency, withUrgency } from "../../../src/github/budget/urgency.ts";
import { createValkeyLedger } from "../../../src/github/budget/valkey-ledger.ts";
import { RetryableError } from "../../../src/kernel/errors.ts";
import { findValkeyServer } from "../../../src/platform/queue/find-valkey-server.ts";
import { openQueues } from "../../../src/platform/queue/open-queues.ts";
import { closeValkeyConnection, openValkeyConnection } from "../../../src/platform/queue/valkey-connection.ts";
import { operations } from "../../../src/playground/github/operations.ts";
import { createsContent } from "../../../src/playground/github/traffic.ts";

const read = requestCost("GET", "/repos/{owner}/{repo}");
const edit = requestCost("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}");
const content = requestCost("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments");
const logger = pino({ level: "silent" });

test("a request costs by its method and its template", () => {
  expect([read, edit, content]).toEqual([
    { points: 1, writes: false, createsContent: false },
    { points: 5, writes: true, createsContent: false },
    { points: 5, writes: true, createsContent: true },
  ]);
});

test("the local GitHub takes the same requests for creating content", () => {
  for (const { id, method, path } of operations) {
    expect([id, requestCost(method, path).createsContent]).toEqual([id, createsContent(id)]);
  }
});

test("work is as urgent as was said, also what it calls", async () => {
  expect(currentUrgency()).toBe("status");
  expect(await withUrgency("answer", async () => currentUrgency())).toBe("answer");
});

const valkey = await findValkeyServer();
const ledgers: Record<string, () => Promise<{ ledger: BudgetLedger; close: () => Promise<void> }>> = {
  memory: async () => ({ ledger: createMemoryLedger(), close: async () => {} }),
  ...(valkey === undefined
    ? {}
    : {
        async valkey() {
          const dataDir = mkdtempSync(join(tmpdir(), "fleet-ledger-"));
          const queues = await openQueues({ dataDir, logger, prefer: "spawned-valkey" });
          const client = openValkeyConnection(queues.address ?? "", logger);
          return {
            ledger: createValkeyLedger(client),
            async close() {
              await closeValkeyConnection(client);
              await queues.close(0);
              rmSync(dataDir, { recursive: true, force: true });
            },
          };
        },
      }),
};

describe.each(Object.entries(ledgers))("the ledger in %s", (_, open) => {
  let opened: Awaited<ReturnType<typeof open>>;
  let installation = 0;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  const begin = Date.UTC(2030, 0, 1);
  const free = { ...gitHubLimits, gapMs: 0, pointsPerMinute: 1_000_000 };
  const take = (cost: typeof read, at: number, limits = gitHubLimits) =>
    opened.ledger.take(installation, cost, limits, begin + at);

  test("keeps a second between writes, and none before reads or other installations", async () => {
    installation += 1;
    expect(await take(edit, 0)).toBe(0);
    expect(await take(edit, 300)).toBe(700);
    expect(await take(read, 300)).toBe(0);
    expect(await take(edit, 1_000)).toBe(0);
    installation += 1;
    expect(await take(edit, 0)).toBe(0);
  });

  test("never lets more than the limit into any minute or hour, wherever they begin", async () => {
    installation += 1;
    const limits = { ...free, contentPerMinute: 8, contentPerHour: 50 };
    const let_in: number[] = [];
    for (let at = 0; at < 3 * 3_600_000; at += 977) if ((await take(content, at, limits)) === 0) let_in.push(at);
    const most = (window: number) =>
      Math.max(...let_in.map((at) => let_in.filter((other) => other >= at && other < at + window).length));
    expect([most(60_000), most(3_600_000)]).toEqual([8, 50]);
    expect(let_in.length).toBeGreaterThanOrEqual(140);
  });

  test("says how long there is no room", async () => {
    installation += 1;
    const limits = { ...free, contentPerMinute: 2 };
    expect([await take(content, 0, limits), await take(content, 10_000, limits)]).toEqual([0, 0]);
    expect(await take(content, 20_000, limits)).toBe(41_000);
    expect(await take(edit, 20_000, limits)).toBe(0);
    const points = { ...free, pointsPerMinute: 11 };
    installation += 1;
    expect([await take(edit, 0, points), await take(edit, 30_000, points)]).toEqual([0, 0]);
    expect(await take(read, 30_000, points)).toBe(0);
    expect(await take(edit, 31_000, points)).toBe(30_000);
  });

  test("lets nothing go while GitHub wants to be left alone", async () => {
    installation += 1;
    const far = Date.now() + 60_000;
    await opened.ledger.block(installation, far);
    await opened.ledger.block(installation, far - 30_000);
    expect(await opened.ledger.take(installation, read, gitHubLimits, far - 1_000)).toBe(1_000);
    expect(await opened.ledger.take(installation, read, gitHubLimits, far)).toBe(0);
  });
});

describe("the budget", () => {
  function start(limits = gitHubLimits) {
    const state = { now: Date.UTC(2030, 0, 1) };
    const wait = async (ms: number) => {
      await Promise.resolve();
      state.now += ms;
    };
    return {
      state,
      budget: createRequestBudget({ limits, ledger: createMemoryLedger(), clock: () => state.now, wait }),
    };
  }

  test("lets the most urgent go first, also when it came last", async () => {
    const { budget } = start();
    const gone: string[] = [];
    const spend = (name: string, urgency: "answer" | "status" | "check") =>
      budget.spend(1, edit, urgency).then(() => gone.push(name));
    await Promise.all([
      spend("first", "status"),
      spend("check", "check"),
      spend("status", "status"),
      spend("answer", "answer"),
    ]);
    expect(gone).toEqual(["first", "answer", "status", "check"]);
  });

  test("sends a job back for longer waits, and leaves a tenth of the content to answers", async () => {
    const { budget } = start({ ...gitHubLimits, gapMs: 0, contentPerMinute: 10 });
    for (let count = 0; count < 9; count += 1) await budget.spend(1, content, "status");
    const refused = await budget.spend(1, content, "status").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RetryableError);
    expect(refused).toMatchObject({ afterMs: expect.any(Number) });
    await budget.spend(1, content, "answer");
    await expect(budget.spend(1, content, "answer")).rejects.toBeInstanceOf(RetryableError);
    await budget.spend(2, content, "status");
  });

  test("a ledger that is away sends the job back", async () => {
    const away: BudgetLedger = { take: () => Promise.reject(new Error("away")), block: async () => {} };
    const budget = createRequestBudget({ limits: gitHubLimits, ledger: away, clock: Date.now });
    await expect(budget.spend(1, read, "status")).rejects.toBeInstanceOf(RetryableError);
  });
});
