import type { Logger } from "pino";
import type { Probot } from "probot";
import type { App } from "../app.ts";
import { deliveriesQueue, deliverySchema } from "../github/intake/delivery.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";

/** Feeds accepted deliveries to the Probot app as the queue gives them, several at a time: order is never relied on. */
export function receiveDeliveries(queues: QueueEngine, app: App, probot: Probot, logger: Logger): void {
  queues.worker(
    deliveriesQueue,
    processorOf(deliverySchema, (delivery) => app.receive(probot, delivery), logger),
    { concurrency: 8 },
  );
}
