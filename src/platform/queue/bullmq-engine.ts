import type { Processor, Queue, QueueOptions, Worker, WorkerOptions } from "bullmq";
import type { Logger } from "pino";
import { settlesWithin } from "./deadline.ts";
import { defaultJobOptions, defaultWorkerOptions } from "./default-options.ts";
import { logWorkerErrors } from "./log-worker-errors.ts";
import type { QueueEngine } from "./queue-engine.ts";
import { asAnyProcessor, asPortQueue, asPortWorker } from "./trust-boundaries.ts";

/** What differs between the backends. */
export type BullBackend = {
  readonly name: QueueEngine["backend"];
  readonly address: QueueEngine["address"];
  openQueue(name: string, options: Partial<QueueOptions>): Queue;
  openWorker(name: string, processor: Processor<unknown, unknown>, options: Partial<WorkerOptions>): Worker;
  ping(): Promise<void>;
  /** Called once, after the workers and queues are closed. */
  close(): Promise<void>;
};

/** How long a job may go on after it was told to stop, and a connection to say goodbye. */
const lastWordsMs = 1_000;

/** The port on one backend: keeps the queues and workers, and closes them in the right order. */
export function createBullEngine(backend: BullBackend, logger: Logger): QueueEngine {
  const queues = new Map<string, Queue>();
  const workers = new Set<Worker>();
  let closing: Promise<void> | undefined;

  function refuseWhenClosing(): void {
    if (closing !== undefined) {
      throw new Error("The queue engine is closed.");
    }
  }

  function queue<Data>(name: string, options: Partial<QueueOptions> = {}): Queue<Data> {
    refuseWhenClosing();
    const known = queues.get(name);
    if (known !== undefined) {
      return asPortQueue(known);
    }
    const merged = { ...options, defaultJobOptions: { ...defaultJobOptions, ...options.defaultJobOptions } };
    const opened = backend.openQueue(name, merged);
    opened.on("error", (err) => logger.debug({ queue: name, err }, "queue error"));
    queues.set(name, opened);
    return asPortQueue(opened);
  }

  function worker<Data, Result>(
    name: string,
    processor: Processor<Data, Result>,
    options: Partial<WorkerOptions> = {},
  ): Worker<Data, Result> {
    refuseWhenClosing();
    const opened = backend.openWorker(name, asAnyProcessor(processor), { ...defaultWorkerOptions, ...options });
    logWorkerErrors(opened, logger.child({ queue: name }));
    workers.add(opened);
    opened.once("closed", () => workers.delete(opened));
    return asPortWorker(opened);
  }

  async function closeAll(graceMs: number): Promise<void> {
    await Promise.all([...workers].map((each) => closeWorker(each, graceMs, logger)));
    await settlesWithin(Promise.all([...queues.values()].map((each) => each.close())), lastWordsMs);
    await backend.close();
  }

  return {
    backend: backend.name,
    address: backend.address,
    queue,
    worker,
    async unfinished() {
      const counts = await Promise.all(
        [...queues.values()].map((each) => each.getJobCounts("active", "waiting", "prioritized")),
      );
      return counts.flatMap((each) => Object.values(each)).reduce((sum, count) => sum + count, 0);
    },
    depths: () =>
      Promise.all(
        [...queues.values()].map(async (each) => ({
          queue: each.name,
          counts: await each.getJobCounts("waiting", "prioritized", "active", "delayed", "failed"),
        })),
      ),
    ping: () => (closing === undefined ? backend.ping() : Promise.reject(new Error("The queue engine is closed."))),
    close(graceMs = 10_000) {
      closing ??= closeAll(graceMs);
      return closing;
    },
  };
}

/**
 * Waits for the running jobs, then tells them to stop by their abort signal, then leaves them: such a job keeps its place
 * in the queue and is run again as a stalled one.
 */
async function closeWorker(worker: Worker, graceMs: number, logger: Logger): Promise<void> {
  const closed = worker.close();
  if (await settlesWithin(closed, graceMs)) {
    return;
  }
  worker.cancelAllJobs("The process is closing.");
  if (await settlesWithin(closed, lastWordsMs)) {
    return;
  }
  logger.warn({ queue: worker.name, graceMs }, "left running jobs behind; they will run again as stalled ones");
  await settlesWithin(worker.disconnect(), lastWordsMs);
}
