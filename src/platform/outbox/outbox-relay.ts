import type { Logger } from "pino";
import type { EventType, FleetEvent } from "../../kernel/event.ts";
import type { Graph } from "../graph/graph.ts";
import { markPublished, readPendingEvents } from "./pending-events.ts";

/** A queue, and the event types that go to it. */
export type OutboxSubscriber = { readonly queue: string; readonly types: readonly EventType[] };

/** One event on its way to one queue. The id is the same at every attempt, so that a queue can tell a repeat. */
export type OutboxJob = { readonly id: string; readonly event: FleetEvent };

export type OutboxRelayOptions = {
  readonly graph: Graph;
  readonly subscribers: readonly OutboxSubscriber[];
  /** Resolves once the queue has the jobs for good. Jobs come in the order of the event ids. */
  readonly publish: (queue: string, jobs: readonly OutboxJob[]) => Promise<void>;
  readonly logger: Pick<Logger, "warn" | "error">;
  /** How often to look for what other processes have written, in milliseconds; 1,000 if not given. */
  readonly pollMs?: number;
};

export interface OutboxRelay {
  /** Begins to publish, now and then again at every poll and wake. */
  start(): void;
  /** Says that this process has just committed events; many calls make one pass. */
  wake(): void;
  /** Publishes all that is pending and resolves to the number of events; rejects if that fails. Works without `start`. */
  drain(): Promise<number>;
  /** Ends the polling and waits for the pass that runs. */
  close(): Promise<void>;
}

/** Each page sorts what is pending, so small pages make a long backlog slow; large ones hold many payloads at once. */
const pageSize = 250;
const longestBackOffMs = 30_000;

/**
 * The relay from the outbox to one queue per subscriber (DOMAIN.md §6): at least once, in the order of the ids within one
 * pass. Several may run on one graph; the repeats that this makes have the same job id. A fault of the graph or of a
 * queue is logged, with ids only, and tried again with a growing pause. An event that this code cannot read stays in
 * the outbox for a newer process and holds nothing up.
 */
export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { graph, logger, pollMs = 1000 } = options;
  const reported = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let state: "idle" | "started" | "closed" = "idle";
  let failures = 0;
  let passing = false;
  let woken = false;

  async function publishPending(): Promise<number> {
    let published = 0;
    for (let skip = 0; ; ) {
      const { events, unreadable } = await readPendingEvents(graph, skip, pageSize);
      report(unreadable);
      skip += unreadable.length;
      if (events.length > 0) {
        await publishEvents(options, events);
        await markPublished(graph, events);
        published += events.length;
      }
      if (events.length + unreadable.length < pageSize) return published;
    }
  }

  function report(unreadable: readonly { readonly id: string; readonly error: unknown }[]): void {
    for (const { id, error } of unreadable) {
      if (reported.has(id)) continue;
      reported.add(id);
      logger.error({ eventId: id, ...reasonOf(error) }, "an event in the outbox cannot be read and stays there");
    }
  }

  function drain(): Promise<number> {
    const pass = last.then(publishPending);
    last = pass.catch(() => undefined);
    return pass;
  }

  async function passAndSchedule(): Promise<void> {
    passing = true;
    woken = false;
    try {
      await drain();
      failures = 0;
    } catch (error) {
      failures++;
      logger.warn({ failures, retryMs: backOffMs(failures), ...reasonOf(error) }, "the outbox could not be published");
    }
    passing = false;
    if (failures > 0) schedule(backOffMs(failures));
    else schedule(woken ? 0 : pollMs);
  }

  function schedule(delayMs: number): void {
    if (state !== "started") return;
    clearTimeout(timer);
    timer = setTimeout(passAndSchedule, delayMs);
  }

  return {
    start() {
      if (state !== "idle") return;
      state = "started";
      schedule(0);
    },
    wake() {
      woken = true;
      if (!passing && failures === 0) schedule(0);
    },
    drain,
    async close() {
      state = "closed";
      clearTimeout(timer);
      await last;
    },
  };
}

async function publishEvents(
  { subscribers, publish }: OutboxRelayOptions,
  events: readonly FleetEvent[],
): Promise<void> {
  await Promise.all(
    subscribers.map(async ({ queue, types }) => {
      const jobs = events
        .filter(({ type }) => types.includes(type))
        .map((event) => ({ id: `event-${event.id}`, event }));
      if (jobs.length > 0) await publish(queue, jobs);
    }),
  );
}

function backOffMs(failures: number): number {
  return Math.min(longestBackOffMs, 100 * 2 ** Math.min(failures, 10));
}

/** Name and message only: the clients of some queues hang a command with its arguments on their errors. */
function reasonOf(error: unknown): { readonly reason: string } {
  return { reason: error instanceof Error ? `${error.name}: ${error.message}` : "unknown" };
}
