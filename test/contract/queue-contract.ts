import { randomUUID } from "node:crypto";
import type { Queue } from "bullmq";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { PermanentError, RetryableError, UserError } from "../../src/kernel/errors.ts";
import { jobId } from "../../src/platform/queue/job-id.ts";
import { processorOf } from "../../src/platform/queue/processor-of.ts";
import type { QueueEngine } from "../../src/platform/queue/queue-engine.ts";
import { gate } from "./gate.ts";

const silent = pino({ level: "silent" });
const anything = z.unknown();
const eventually = { timeout: 20_000, interval: 20 };

/** The contract of the queue port. `open` gives the same data again for the same slot. */
export function queueContract(name: string, open: (slot: string) => Promise<QueueEngine>): void {
  describe(`queue contract: ${name}`, () => {
    let engine: QueueEngine;
    const fresh = (): string => `contract-${randomUUID()}`;

    beforeAll(async () => {
      engine = await open("shared");
    });
    afterAll(async () => {
      await engine.close(1_000);
    });

    it("answers a ping", async () => {
      await expect(engine.ping()).resolves.toBeUndefined();
    });

    it("gives the same queue for the same name", () => {
      const queue = fresh();
      expect(engine.queue(queue)).toBe(engine.queue(queue));
    });

    it("counts what waits or runs, and not what is for later", async () => {
      const alone = await open("counting");
      const queue = alone.queue(fresh());
      expect(await alone.unfinished()).toBe(0);
      await queue.add("a", {}, { jobId: "now" });
      await queue.add("a", {}, { jobId: "later", delay: 3_600_000 });
      await queue.add("a", {}, { jobId: "last", priority: 10 });
      expect(await alone.unfinished()).toBe(2);
      const counts = { waiting: 1, prioritized: 1, active: 0, delayed: 1, failed: 0 };
      expect(await alone.depths()).toEqual([{ queue: queue.name, counts }]);
      alone.worker(queue.name, async () => {});
      await expect.poll(() => alone.unfinished(), eventually).toBe(0);
      await alone.close(1_000);
    });

    it("keeps one job per id as long as the job exists", async () => {
      const queue = engine.queue(fresh());
      await queue.add("a", { n: 1 }, { jobId: "same-id" });
      await queue.add("a", { n: 2 }, { jobId: "same-id" });
      expect(await queue.getJobCounts("waiting")).toEqual({ waiting: 1 });
      expect((await queue.getJob("same-id"))?.data).toEqual({ n: 1 });
    });

    it("refuses a finished job's id while it is kept, and frees it when it is removed", async () => {
      const queueName = fresh();
      const queue = engine.queue(queueName);
      const runs: string[] = [];
      engine.worker(queueName, async (job) => {
        runs.push(String(job.id));
      });
      await queue.add("a", {}, { jobId: "kept-1" });
      await finished(queue, "kept-1", "completed");
      await queue.add("a", {}, { jobId: "kept-1" });
      await queue.add("a", {}, { jobId: "other" });
      await finished(queue, "other", "completed");
      expect(runs).toEqual(["kept-1", "other"]);
      await queue.remove("kept-1");
      await queue.add("a", {}, { jobId: "kept-1" });
      await expect.poll(() => runs, eventually).toEqual(["kept-1", "other", "kept-1"]);
    });

    it("runs jobs in the order in which they came", async () => {
      const queueName = fresh();
      const queue = engine.queue<number>(queueName);
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      for (const n of numbers) {
        await queue.add("a", n);
      }
      const seen: number[] = [];
      engine.worker<number>(queueName, async (job) => {
        seen.push(job.data);
      });
      await expect.poll(() => seen, eventually).toEqual(numbers);
    });

    it("runs as many at once as the worker allows", async () => {
      const queueName = fresh();
      let running = 0;
      let most = 0;
      const end = gate();
      engine.worker(
        queueName,
        async () => {
          running += 1;
          most = Math.max(most, running);
          await end.opened;
          running -= 1;
        },
        { concurrency: 3 },
      );
      await engine.queue(queueName).addBulk(Array.from({ length: 5 }, () => ({ name: "a", data: {} })));
      await expect.poll(() => running, eventually).toBe(3);
      end.open();
      await expect.poll(() => engine.queue(queueName).getJobCounts("completed"), eventually).toEqual({ completed: 5 });
      expect(most).toBe(3);
    });

    it("tries a defective job again with back-off, then fails it with an incident id only", async () => {
      const queueName = fresh();
      const times: number[] = [];
      engine.worker(
        queueName,
        processorOf(
          anything,
          async () => {
            times.push(Date.now());
            throw new Error("the secret detail");
          },
          silent,
        ),
      );
      const queue = engine.queue(queueName);
      await queue.add("a", {}, { jobId: "bad", attempts: 3, backoff: { type: "exponential", delay: 100 } });
      await finished(queue, "bad", "failed");
      expect(times).toHaveLength(3);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(95);
      expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(190);
      const job = await queue.getJob("bad");
      expect(job?.failedReason).toMatch(/^Incident [0-9a-f]{8}: /);
      expect(JSON.stringify(job?.failedReason)).not.toContain("secret");
    });

    it("puts a job with a passing fault back for the delay that it names, without using up attempts", async () => {
      const queueName = fresh();
      const times: number[] = [];
      engine.worker(
        queueName,
        processorOf(
          anything,
          async () => {
            times.push(Date.now());
            if (times.length < 4) {
              throw new RetryableError("not yet", 150);
            }
          },
          silent,
        ),
      );
      const queue = engine.queue(queueName);
      await queue.add("a", {}, { jobId: "later", attempts: 1 });
      await finished(queue, "later", "completed");
      expect(times).toHaveLength(4);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(145);
    });

    it.each([
      ["a permanent error", new PermanentError("gone for good"), "gone for good"],
      ["a user's error", new UserError("not-a-story", "No story here.", "Write one."), "No story here. Write one."],
    ])("fails a job at once on %s", async (_, error, reason) => {
      const queueName = fresh();
      let runs = 0;
      engine.worker(
        queueName,
        processorOf(
          anything,
          async () => {
            runs += 1;
            throw error;
          },
          silent,
        ),
      );
      const queue = engine.queue(queueName);
      await queue.add("a", {}, { jobId: "no-use" });
      await finished(queue, "no-use", "failed");
      expect(runs).toBe(1);
      expect((await queue.getJob("no-use"))?.failedReason).toBe(reason);
    });

    it("fails a job whose data does not parse, naming the place and not the value", async () => {
      const queueName = fresh();
      let runs = 0;
      const schema = z.object({ number: z.int() });
      engine.worker(
        queueName,
        processorOf(
          schema,
          async () => {
            runs += 1;
          },
          silent,
        ),
      );
      const queue = engine.queue(queueName);
      await queue.add("a", { number: "hunter2" }, { jobId: "odd" });
      await finished(queue, "odd", "failed");
      expect(runs).toBe(0);
      const reason = (await queue.getJob("odd"))?.failedReason;
      expect(reason).toContain("number");
      expect(reason).not.toContain("hunter2");
    });

    it("runs a delayed job not before its time", async () => {
      const queueName = fresh();
      let ranAt = 0;
      engine.worker(queueName, async () => {
        ranAt = Date.now();
      });
      const addedAt = Date.now();
      await engine.queue(queueName).add("a", {}, { delay: 400 });
      await expect.poll(() => ranAt, eventually).toBeGreaterThan(0);
      expect(ranAt - addedAt).toBeGreaterThanOrEqual(395);
    });

    it("keeps the newest of the jobs that came while one with the same deduplication id was active", async () => {
      const queueName = fresh();
      const queue = engine.queue<number>(queueName);
      const seen: number[] = [];
      const end = gate();
      engine.worker<number>(queueName, async (job) => {
        seen.push(job.data);
        await end.opened;
      });
      const options = { deduplication: { id: "one-target", keepLastIfActive: true } };
      await queue.add("write", 1, options);
      await expect.poll(() => seen, eventually).toEqual([1]);
      await queue.add("write", 2, options);
      await queue.add("write", 3, options);
      await queue.add("write", 4, options);
      end.open();
      await expect.poll(() => seen, eventually).toEqual([1, 4]);
      await expect
        .poll(() => queue.getJobCounts("completed", "waiting", "active", "delayed"), eventually)
        .toEqual({
          completed: 2,
          waiting: 0,
          active: 0,
          delayed: 0,
        });
    });

    it("keeps one waiting job per deduplication id", async () => {
      const queue = engine.queue<number>(fresh());
      const options = { deduplication: { id: "one-target", keepLastIfActive: true } };
      await queue.add("write", 1, options);
      await queue.add("write", 2, options);
      expect(await queue.getJobCounts("waiting")).toEqual({ waiting: 1 });
    });

    it("repeats by a job scheduler, once per id however often it is set up", async () => {
      const queueName = fresh();
      const queue = engine.queue(queueName);
      const runs: number[] = [];
      engine.worker(queueName, async () => {
        runs.push(Date.now());
      });
      await queue.upsertJobScheduler("tick", { every: 100 }, { name: "tick" });
      await queue.upsertJobScheduler("tick", { every: 100 }, { name: "tick" });
      expect(await queue.getJobSchedulersCount()).toBe(1);
      await expect.poll(() => runs.length, eventually).toBeGreaterThanOrEqual(3);
      await queue.removeJobScheduler("tick");
      expect(await queue.getJobSchedulersCount()).toBe(0);
    });

    it("carries five megabytes unchanged", async () => {
      const queueName = fresh();
      const body = `{"é":"${'x\\"\n'.repeat(1_250_000)}"}`;
      let received = "";
      engine.worker<{ body: string }>(queueName, async (job) => {
        received = job.data.body;
      });
      await engine.queue<{ body: string }>(queueName).add("a", { body }, { removeOnComplete: true });
      await expect.poll(() => received.length, eventually).toBe(body.length);
      expect(received === body).toBe(true);
    });

    it("takes any text as part of a job id", async () => {
      const queue = engine.queue(fresh());
      for (const id of [jobId("123"), jobId("a:b", "/"), jobId("0"), jobId("-5"), jobId("💥", "é\n")]) {
        await queue.add("a", {}, { jobId: id });
        expect((await queue.getJob(id))?.id).toBe(id);
      }
    });

    it("has its jobs again after a close, and its close may be called twice", async () => {
      const queueName = fresh();
      const first = await open("own");
      await first.queue(queueName).add("a", { kept: true }, { jobId: "durable" });
      await first.queue(queueName).add("b", { kept: true }, { jobId: "durable-later", delay: 3_600_000 });
      await Promise.all([first.close(), first.close()]);
      await first.close();
      await expect(first.ping()).rejects.toThrow("closed");
      expect(() => first.queue(queueName)).toThrow("closed");
      const second = await open("own");
      try {
        expect((await second.queue(queueName).getJob("durable"))?.data).toEqual({ kept: true });
        expect(await second.queue(queueName).getJobCounts("waiting", "delayed")).toEqual({ waiting: 1, delayed: 1 });
      } finally {
        await second.close();
      }
    });

    it("waits for a running job when it closes, and tells one that takes too long", async () => {
      const queueName = fresh();
      const own = await open("own");
      const started = gate();
      let aborted = false;
      own.worker(
        queueName,
        processorOf(
          anything,
          async (_, { signal }) => {
            started.open();
            await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
            aborted = true;
            throw new RetryableError("stopped", 0);
          },
          silent,
        ),
      );
      await own.queue(queueName).add("a", {}, { jobId: "long" });
      await started.opened;
      await own.close(50);
      expect(aborted).toBe(true);
      const again = await open("own");
      try {
        const done = gate();
        again.worker(queueName, async () => done.open());
        await done.opened;
      } finally {
        await again.close();
      }
    });
  });
}

async function finished(queue: Queue, id: string, state: "completed" | "failed"): Promise<void> {
  await expect.poll(async () => (await queue.getJob(id))?.getState(), eventually).toBe(state);
}
