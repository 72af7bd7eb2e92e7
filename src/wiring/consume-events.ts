import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { FleetEvent } from "../kernel/event.ts";
import type { Subscriber } from "../kernel/subscriber.ts";
import type { Graph } from "../platform/graph/graph.ts";
import { createOutboxRelay, type OutboxRelay } from "../platform/outbox/outbox-relay.ts";
import { type QueuedEvent, queuedEventSchema } from "../platform/outbox/queued-event.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";

/** Starts one worker for each subscriber's queue. */
export function consumeEvents(queues: QueueEngine, subscribers: readonly Subscriber[], logger: Logger): void {
  for (const { queue, handle } of subscribers) {
    queues.worker(
      queue,
      processorOf(queuedEventSchema, ({ event }) => handle(event), logger),
      { concurrency: 4 },
    );
  }
}

/** The relay from the outbox to the subscribers' queues; `observe` sees each event once it is on its way. */
export function createRelay(deps: {
  readonly graph: Graph;
  readonly queues: QueueEngine;
  readonly subscribers: readonly Subscriber[];
  readonly observe: (event: FleetEvent) => void;
  readonly logger: Logger;
}): OutboxRelay {
  // An event goes to several queues; it is observed once. Bounded, since it only spares a repeat on a screen.
  const seen = new LRUCache<string, true>({ max: 1_000 });
  return createOutboxRelay({
    graph: deps.graph,
    logger: deps.logger,
    subscribers: deps.subscribers,
    async publish(queue, jobs) {
      await deps.queues
        .queue<QueuedEvent>(queue)
        .addBulk(jobs.map(({ id, event }) => ({ name: event.type, data: { event }, opts: { jobId: id } })));
      for (const { id, event } of jobs) {
        if (seen.has(id)) continue;
        seen.set(id, true);
        deps.observe(event);
      }
    },
  });
}
