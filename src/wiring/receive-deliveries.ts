import type { Logger } from "pino";
import type { App } from "../app.ts";
import { deliveriesQueue, deliverySchema } from "../github/intake/delivery.ts";
import { reportFailure } from "../github/translate/report-failure.ts";
import type { EnqueueWrite } from "../github/write/write-target.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import type { GitHubConnection } from "./connect-github.ts";
import { onFailedForGood } from "./on-failed-for-good.ts";

export type ReceiveDeps = {
  readonly queues: QueueEngine;
  readonly app: App;
  readonly github: Pick<GitHubConnection, "probot" | "noteChanges">;
  readonly write: EnqueueWrite;
  readonly logger: Logger;
};

/** Feeds accepted deliveries to the Probot app as the queue gives them, several at a time: order is never relied on. */
export function receiveDeliveries({ queues, app, github, write, logger }: ReceiveDeps): void {
  const worker = queues.worker(
    deliveriesQueue,
    processorOf(
      deliverySchema,
      async (delivery) => {
        await github.noteChanges(delivery);
        await app.receive(github.probot, delivery);
      },
      logger,
    ),
    { concurrency: 8 },
  );
  // Who asked for something is never left without an outcome, not even by a defect (GITHUB.md, manner 1).
  onFailedForGood(worker, logger, async (job, incident) => {
    const delivery = deliverySchema.safeParse(job.data).data;
    if (delivery !== undefined) await reportFailure(write, delivery, incident);
  });
}
