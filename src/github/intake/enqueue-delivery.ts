import type { Queue } from "bullmq";
import { jobId } from "../../platform/queue/job-id.ts";
import type { Delivery } from "./delivery.ts";

/**
 * How soon a delivery is looked at, by its event; lower is sooner, and 0 before all. A comment may hold a command, whose
 * author looks for 👀; then what people do with labels and reviews; then everything that only tells of facts.
 */
const priorities: Readonly<Record<string, number>> = {
  issue_comment: 0,
  pull_request_review_comment: 0,
  issues: 1,
  pull_request: 1,
  pull_request_review: 1,
  // Before its review, which is looked at on what was pushed.
  push: 1,
};
const leastPriority = 2;

/**
 * Puts deliveries on their queue, each under its own id: as long as a delivery's job exists, a redelivery changes nothing.
 */
export function createDeliveryEnqueuer(queue: Queue<Delivery>): (delivery: Delivery) => Promise<void> {
  return async (delivery) => {
    const priority = priorities[delivery.event] ?? leastPriority;
    await queue.add(delivery.event, delivery, { jobId: jobId(delivery.id), ...(priority === 0 ? {} : { priority }) });
  };
}
