import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getDeliberation } from "../../../src/deliberation/application/find-deliberations.ts";
import { followDeliberation } from "../../../src/deliberation/application/follow-deliberation.ts";
import { type DeliberationReport, deliberationQueues } from "../../../src/deliberation/application/job.ts";
import type { Models } from "../../../src/deliberation/application/ports.ts";
import { requestImplementation } from "../../../src/deliberation/application/request-implementation.ts";
import { stopDeliberations } from "../../../src/deliberation/application/stop-deliberations.ts";
import type { TellRestart } from "../../../src/deliberation/application/take-up.ts";
import {
  cancellationQueue,
  createCancelDeliberation,
  createCancellations,
  createEnqueueDeliberation,
  createReportProcessor,
  createSavedOf,
  createSendReport,
  createTellRestart,
  type QueuedDeliberation,
} from "../../../src/deliberation/infrastructure/deliberation-queues.ts";
import { createDeliberationProcessor } from "../../../src/deliberation/infrastructure/deliberation-worker.ts";
import { PermanentError } from "../../../src/kernel/errors.ts";
import { createModelHosts } from "../../../src/platform/models/create-model-hosts.ts";
import { openQueues } from "../../../src/platform/queue/open-queues.ts";
import type { QueueEngine } from "../../../src/platform/queue/queue-engine.ts";
import { startFakeModelHost } from "../../platform/models/fake-model-host.ts";
import { assigned, openDeliberations } from "../a-deliberation.ts";
import { realPrompting, silent } from "../council-of.ts";
import { hang, memoryBench, type Prompt, result, scriptedModels } from "../memory-bench.ts";

let directory = "";
let queues: QueueEngine;
/** What happened in the story since its council began. */
let meanwhile: readonly string[] = [];
let opened: Awaited<ReturnType<typeof openDeliberations>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-worker-"));
  queues = await openQueues({ valkeyUrl: undefined, dataDir: directory, logger: silent });
  const jobs = queues.queue<QueuedDeliberation>(deliberationQueues.jobs);
  const cancel = createCancelDeliberation(jobs, queues.queue(cancellationQueue));
  opened = await openDeliberations({
    ...{ enqueue: createEnqueueDeliberation(jobs), cancel },
    happenedSince: async () => meanwhile,
    buildContext: async () => {
      const none = { short: null, slices: { tests: "", wide: "" }, paths: [] };
      const text = ["context", ...meanwhile].join("\n");
      return { context: { text, hash: `h${meanwhile.length}`, tokens: 3, countedBy: "models", ...none } };
    },
  });
  queues.worker(deliberationQueues.results, createReportProcessor(opened.deps, silent));
});

afterAll(async () => {
  await queues.close(1_000);
  await opened.graph.close();
  await rm(directory, { recursive: true, force: true });
});

const good = "a.js\n```js\nconst a = 2;\n```\n";

async function worker(
  answer: (prompt: Prompt) => string | Promise<string>,
  broken?: Error,
  pool?: Models,
  tell?: TellRestart,
) {
  const scripted = scriptedModels(answer);
  const { asked } = scripted;
  const models = pool ?? scripted.models;
  const judge = (files: ReadonlyMap<string, string>) => [
    result("test/a.test.js > a", files.get("a.js") === "const a = 0;\n" ? "fail" : "pass"),
  ];
  const bench = memoryBench(
    { ["a".repeat(40)]: { "a.js": "const a = 1;\n" }, ["b".repeat(40)]: { "a.js": "const a = 1;\n" } },
    judge,
  );
  const workspaces = broken === undefined ? bench.workspaces : { open: () => Promise.reject(broken) };
  const processor = createDeliberationProcessor({
    models,
    workspaces,
    checks: bench.checks,
    prompting: await realPrompting(),
    validatePlan: () => [],
    clock: Date.now,
    report: createSendReport(queues.queue<DeliberationReport>(deliberationQueues.results)),
    tellRestart: tell ?? createTellRestart(queues.queue(deliberationQueues.results), silent),
    cancellations: createCancellations(queues.queue(cancellationQueue)),
    logger: silent,
  });
  return { asked, worker: queues.worker(deliberationQueues.jobs, processor) };
}

const statusOf = async (id: string) => (await getDeliberation(opened.deps, id))?.status;

describe("a deliberation on its queue", () => {
  it("comes back to the graph as an outcome", async () => {
    await requestImplementation(opened.deps, assigned(1));
    const running = await worker(() => good);
    await expect.poll(() => statusOf("7-12-p1-t1-r1"), { timeout: 20_000 }).toBe("completed");
    expect(await getDeliberation(opened.deps, "7-12-p1-t1-r1")).toMatchObject({ outcome: { winner: "c1" } });
    expect(opened.events.map(({ type }) => type)).toContain("agent.work.completed");
    await running.worker.close();
  });

  const stop = (deliveryId: string) =>
    stopDeliberations(opened.deps, {
      storyId: "7-12",
      of: { task: "7-12-p1-t1" },
      reason: "Stopped by @dev.",
      deliveryId,
    });

  it("that is stopped ends as cancelled at once, its worker within seconds, and its mark goes", async () => {
    await requestImplementation(opened.deps, assigned(2));
    let given: AbortSignal | undefined;
    const running = await worker(({ signal }) => {
      given = signal;
      return hang(signal);
    });
    await expect.poll(() => running.asked.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await stop("stop-1")).toEqual(["7-12-p1-t1-r2"]);
    expect(await getDeliberation(opened.deps, "7-12-p1-t1-r2")).toMatchObject({
      status: "cancelled",
      note: "Stopped by @dev.",
    });
    await expect.poll(() => given?.aborted, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => queues.queue(cancellationQueue).getJobCountByTypes("waiting"), { timeout: 30_000 }).toBe(0);
    await running.worker.close();
  });

  it("that is stopped in the middle of a generation ends its requests to the host", async () => {
    const host = await startFakeModelHost(() => ({ begin: '{"choices":[', ending: "hang" }));
    const pool = createModelHosts({ hosts: [host.url], logger: silent, timeoutMs: 60_000, concurrencyPerHost: 1 });
    await requestImplementation(opened.deps, assigned(7));
    const running = await worker(() => good, undefined, pool);
    try {
      // One generates, and the others wait for the host.
      await expect.poll(() => host.seen.length, { timeout: 20_000 }).toBe(1);
      await stop("stop-3");
      await expect.poll(host.givenUp, { timeout: 30_000 }).toBe(1);
      await expect
        .poll(() => queues.queue(cancellationQueue).getJobCountByTypes("waiting"), { timeout: 30_000 })
        .toBe(0);
      expect(host.seen).toHaveLength(1);
    } finally {
      await running.worker.close();
      await host.close();
    }
  });

  it("that is stopped before a worker takes it never runs; the same delivery stops nothing newer", async () => {
    await requestImplementation(opened.deps, assigned(5));
    expect(await stop("stop-2")).toEqual(["7-12-p1-t1-r5"]);
    await requestImplementation(opened.deps, assigned(6));
    expect(await stop("stop-2")).toEqual(["7-12-p1-t1-r5"]);
    const running = await worker(() => good);
    await expect.poll(() => statusOf("7-12-p1-t1-r6"), { timeout: 20_000 }).toBe("completed");
    expect(await statusOf("7-12-p1-t1-r5")).toBe("cancelled");
    await running.worker.close();
  });

  it("whose worker stops goes on with the next one, without paying twice, and is told what happened meanwhile", async () => {
    await requestImplementation(opened.deps, assigned(3));
    const began = await getDeliberation(opened.deps, "7-12-p1-t1-r3");
    const first = await worker(({ model, signal, purpose }) =>
      purpose === "draft" && first.asked.length > 2 ? hang(signal) : `${good}${model}`,
    );
    await expect
      .poll(
        async () => {
          const job = await queues.queue<QueuedDeliberation>(deliberationQueues.jobs).getJob("7-12-p1-t1-r3");
          return JSON.stringify(job?.data.saved ?? null).split('"id":"c').length - 1;
        },
        { timeout: 20_000 },
      )
      .toBe(2);
    const savedOf = createSavedOf(queues.queue<QueuedDeliberation>(deliberationQueues.jobs));
    const follow = () => followDeliberation({ ...opened.deps, savedOf }, "7-12-p1-t1-r3");
    expect((await follow())?.progress?.drafts).toMatchObject([{ problem: null }, { problem: null }]);
    expect(await savedOf("7-12-p1-t1-r99")).toBeNull();
    first.worker.cancelJob("7-12-p1-t1-r3", "the process closes");
    await first.worker.close();
    meanwhile = ["decision D1 approved: Count in cents (@ada)"];
    const second = await worker(() => good);
    await expect.poll(() => statusOf("7-12-p1-t1-r3"), { timeout: 20_000 }).toBe("completed");
    const drafts = second.asked.filter(({ purpose }) => purpose === "draft");
    expect(drafts).toHaveLength(1);
    expect(first.asked.some(({ text }) => text.includes("Count in cents"))).toBe(false);
    expect(drafts[0]?.text).toContain("Count in cents");
    const over = await getDeliberation(opened.deps, "7-12-p1-t1-r3");
    expect(over?.restarts).toMatchObject({ times: 1, happened: meanwhile, told: true });
    expect([began?.contextHash, over?.contextHash]).toEqual(["h0", "h1"]);
    // The answer is long, and nobody needs it any more.
    const results = queues.queue(deliberationQueues.results);
    expect((await results.getJobs()).filter(({ name }) => name === "restarted")).toEqual([]);
    meanwhile = [];
    await second.worker.close();
  });

  it("that is stopped while its next worker waits to hear what happened ends as cancelled, with what it used", async () => {
    await requestImplementation(opened.deps, assigned(8));
    const first = await worker(({ signal, purpose }) =>
      purpose === "draft" && first.asked.length > 2 ? hang(signal) : good,
    );
    const id = "7-12-p1-t1-r8";
    const follow = () => followDeliberation({ ...opened.deps, savedOf: createSavedOf(jobs()) }, id);
    const jobs = () => queues.queue<QueuedDeliberation>(deliberationQueues.jobs);
    await expect.poll(async () => (await follow())?.progress?.drafts.length, { timeout: 20_000 }).toBe(2);
    first.worker.cancelJob(id, "the process closes");
    await first.worker.close();
    let asked = () => {};
    const waits = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const second = await worker(
      () => good,
      undefined,
      undefined,
      async (_report, signal) => {
        asked();
        await hang(signal).catch(() => {});
        return null;
      },
    );
    await waits;
    await stop("stop-4");
    await expect
      .poll(async () => (await getDeliberation(opened.deps, id))?.used ?? null, { timeout: 20_000 })
      .not.toBeNull();
    expect(await statusOf(id)).toBe("cancelled");
    expect(second.asked).toEqual([]);
    await second.worker.close();
  });

  it("that can never be done is reported as failed", async () => {
    await requestImplementation(opened.deps, assigned(4));
    const running = await worker(() => good, new PermanentError("The mirror does not hold the commit."));
    await expect.poll(() => statusOf("7-12-p1-t1-r4"), { timeout: 20_000 }).toBe("failed");
    expect(await getDeliberation(opened.deps, "7-12-p1-t1-r4")).toMatchObject({
      note: "The mirror does not hold the commit.",
    });
    await running.worker.close();
  });
});
