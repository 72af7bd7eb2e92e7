import { DelayedError, type Job, type JobsOptions, type Processor, type Queue, type Worker } from "bullmq";
import { z } from "zod";
import type { QueueEngine } from "../../platform/queue/queue-engine.ts";
import { asAnyProcessor, asPortQueue, asPortWorker } from "../../platform/queue/trust-boundaries.ts";
import type { VirtualTime } from "./virtual-time.ts";

type Waiting = {
  readonly id: string;
  readonly data: unknown;
  readonly options: JobsOptions;
  readonly order: number;
};

type Line = {
  readonly waiting: Waiting[];
  /** By deduplication id: the job that holds it; what is asked for while that one runs runs after it. */
  readonly held: Map<string, { running: boolean; next: unknown }>;
  readonly ids: Set<string>;
  processor: Processor<unknown, unknown> | null;
  concurrency: number;
  active: number;
};

/** Queues in memory whose delays pass in virtual time, as far as the fleet's own use of BullMQ goes. */
export type VirtualQueues = QueueEngine & {
  /** Jobs that run now. */
  readonly active: () => number;
  /** What jobs failed with: none is tried again. */
  readonly failures: readonly Error[];
};

/** A job as processors use it. */
const job = z.custom<Job<unknown>>();

/** Creates the engine; nothing is kept. */
export function createVirtualQueues(time: VirtualTime): VirtualQueues {
  const lines = new Map<string, Line>();
  const failures: Error[] = [];
  let order = 0;

  function lineOf(name: string): Line {
    const known = lines.get(name);
    if (known !== undefined) return known;
    const opened: Line = {
      waiting: [],
      held: new Map(),
      ids: new Set(),
      processor: null,
      concurrency: 1,
      active: 0,
    };
    lines.set(name, opened);
    return opened;
  }

  function add(name: string, data: unknown, options: JobsOptions = {}): void {
    const line = lineOf(name);
    const once = options.deduplication?.id;
    const holder = once === undefined ? undefined : line.held.get(once);
    if (holder !== undefined) {
      if (holder.running) holder.next = data;
      return;
    }
    if (options.jobId !== undefined && line.ids.has(options.jobId)) return;
    order += 1;
    const id = options.jobId ?? String(order);
    line.ids.add(id);
    if (once !== undefined) line.held.set(once, { running: false, next: undefined });
    line.waiting.push({ id, data, options, order });
    start(name);
  }

  function start(name: string): void {
    const line = lineOf(name);
    while (line.processor !== null && line.active < line.concurrency && line.waiting.length > 0) {
      const next = line.waiting.toSorted(
        (a, b) => (a.options.priority ?? 0) - (b.options.priority ?? 0) || a.order - b.order,
      )[0];
      if (next === undefined) return;
      line.waiting.splice(line.waiting.indexOf(next), 1);
      line.active += 1;
      void run(name, line, line.processor, next);
    }
  }

  async function run(
    name: string,
    line: Line,
    process: Processor<unknown, unknown>,
    { id, data, options }: Waiting,
  ): Promise<void> {
    const once = options.deduplication?.id;
    const holder = once === undefined ? undefined : line.held.get(once);
    if (holder !== undefined) holder.running = true;
    let again = -1;
    const moveToDelayed = async (at: number) => {
      again = Math.max(0, at - Date.now());
    };
    const given = {
      id,
      data,
      queueName: name,
      attemptsMade: 0,
      attemptsStarted: 1,
      timestamp: Date.now(),
      moveToDelayed,
    };
    const error = await process(job.parse(given), "token").then(
      () => null,
      (failure: unknown) => failure,
    );
    line.active -= 1;
    if (once !== undefined) line.held.delete(once);
    line.ids.delete(options.jobId === undefined ? id : "");
    if (error instanceof DelayedError) {
      // Of a job that goes back and a newer one of its kind the newer one stands for both.
      if (once !== undefined) line.held.set(once, { running: false, next: undefined });
      time.at(time.now() + again, () => {
        if (once !== undefined) line.held.delete(once);
        line.ids.delete(id);
        add(name, data, options);
      });
    } else if (error !== null) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
    if (holder?.next !== undefined) add(name, holder.next, options);
    start(name);
  }

  return {
    backend: "pglite",
    address: null,
    failures,
    active: () => [...lines.values()].reduce((sum, line) => sum + line.active, 0),
    queue<Data>(name: string): Queue<Data> {
      return asPortQueue<Data>({
        name,
        add: async (_: string, data: unknown, options?: JobsOptions) => add(name, data, options),
        addBulk: async (jobs: readonly { data: unknown; opts?: JobsOptions }[]) => {
          for (const each of jobs) add(name, each.data, each.opts);
        },
      });
    },
    worker<Data, Result>(
      name: string,
      processor: Processor<Data, Result>,
      { concurrency = 1 }: { concurrency?: number } = {},
    ): Worker<Data, Result> {
      const line = lineOf(name);
      line.processor = asAnyProcessor(processor);
      line.concurrency = concurrency;
      start(name);
      return asPortWorker<Data, Result>({ on: () => undefined });
    },
    unfinished: async () => [...lines.values()].reduce((sum, line) => sum + line.active + line.waiting.length, 0),
    depths: async () => [],
    ping: async () => {},
    close: async () => {},
  };
}
