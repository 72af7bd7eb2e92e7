import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnrecoverableError } from "bullmq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RestartReport } from "../../../src/deliberation/application/job.ts";
import {
  createTellRestart,
  waitingDeliberations,
} from "../../../src/deliberation/infrastructure/deliberation-queues.ts";
import { deliberationSubscriber } from "../../../src/deliberation/infrastructure/deliberation-subscriber.ts";
import { jobId } from "../../../src/platform/queue/job-id.ts";
import { openQueues } from "../../../src/platform/queue/open-queues.ts";
import type { QueueEngine } from "../../../src/platform/queue/queue-engine.ts";
import { assigned, openDeliberations, readyForPlanning } from "../a-deliberation.ts";
import { silent } from "../council-of.ts";

test("those that wait are told in their order, whatever else lies in the queue", async () => {
  const { deps, jobs, graph } = await openDeliberations();
  const subscriber = deliberationSubscriber(deps);
  await subscriber.handle(readyForPlanning("e1"));
  await subscriber.handle(assigned(1));
  const queued = ["broken", ...jobs].map((job) => ({ data: { job, saved: null } }));
  const queue = { getWaiting: async (start: number, end: number) => queued.slice(start, end + 1) };
  expect((await waitingDeliberations(queue)).map(({ deliberationId }) => deliberationId)).toEqual([
    "7-12-plan-r1",
    "7-12-p1-t1-r1",
  ]);
  await graph.close();
});

describe("a worker's restart", () => {
  let directory: string;
  let queues: QueueEngine;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "fleet-restart-"));
    queues = await openQueues({ valkeyUrl: undefined, dataDir: directory, logger: silent });
  });
  afterAll(async () => {
    await queues.close(1_000);
    await rm(directory, { recursive: true, force: true });
  });

  const report: RestartReport = {
    ...{ kind: "restarted", deliberationId: "7-12-p1-t1-r1", times: 1, contextHash: "h" },
    saved: { drafts: 1, turns: 0 },
  };
  const context = { text: "anew", hash: "h2", tokens: 1, countedBy: "estimate" };
  const { signal } = new AbortController();

  test("that nobody takes is withdrawn, and the council goes on with what it knows", async () => {
    const queue = queues.queue("restart-untaken");
    expect(await createTellRestart(queue, silent, 1)(report, signal)).toBeNull();
    expect(await queue.getJobs()).toEqual([]);
  });

  test.each([
    ["a context", async () => ({ context }), "h2"],
    ["nothing new", async () => null, undefined],
    ["what has no such shape", async () => ({ context: "text" }), undefined],
    [
      "a failure",
      async () => {
        throw new UnrecoverableError("It broke.");
      },
      undefined,
    ],
  ])("answered by %s is not kept", async (named, answer: () => Promise<unknown>, hash) => {
    const name = `restart-${named.replaceAll(" ", "-")}`;
    const queue = queues.queue(name);
    queues.worker(name, answer);
    expect((await createTellRestart(queue, silent)(report, signal))?.context.hash).toBe(hash);
    expect(await queue.getJobs()).toEqual([]);
  });

  test("that somebody is at is waited for, whatever the patience; an abort ends the waiting", async () => {
    const queue = queues.queue("restart-slow");
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const taken = new Promise<void>((resolve) => {
      queues.worker("restart-slow", async () => {
        resolve();
        await answered;
        return { context };
      });
    });
    await queue.add("restarted", report, { jobId: jobId(report.deliberationId, "restart", "1") });
    await taken;
    const controller = new AbortController();
    const left = createTellRestart(queue, silent, 0)(report, controller.signal);
    const waited = createTellRestart(queue, silent, 0)(report, signal);
    controller.abort(new Error("The worker stops."));
    expect(await left).toBeNull();
    answer();
    expect((await waited)?.context.hash).toBe("h2");
    expect(await queue.getJobs()).toEqual([]);
  });
});
