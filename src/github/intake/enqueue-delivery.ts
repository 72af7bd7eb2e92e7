import type { Queue } from "bullmq";
import { jobId } from "../../platform/queue/job-id.ts";
import type { Delivery } from "./delivery.ts";

/**
 * Puts deliveries on their queue, each under its own id: as long as a delivery's job exists, a redelivery changes nothing.
 */
export function createDeliveryEnqueuer(queue: Queue<Delivery>): (delivery: Delivery) => Promise<void> {
  return async (delivery) => {
    await queue.add(delivery.event, delivery, { jobId: jobId(delivery.id) });
  };
}
