import type { Logger } from "pino";
import type { App } from "../app.ts";
import { deliveriesQueue, deliverySchema } from "../github/intake/delivery.ts";
import { reportFailure } from "../github/translate/report-failure.ts";
import type { EnqueueWrite } from "../github/write/write-target.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import type { GitHubConnection } from "./connect-github.ts";

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
  // Who gave a command is never left without an outcome, not even by a defect (GITHUB.md, manner 1).
  worker.on("failed", (job, error) => {
    const isOver = job?.finishedOn !== undefined;
    const delivery = deliverySchema.safeParse(job?.data);
    if (!isOver || !delivery.success) return;
    const incident = "incident" in error && typeof error.incident === "string" ? error.incident : delivery.data.id;
    reportFailure(write, delivery.data, incident).catch((failure: unknown) =>
      logger.error({ delivery: delivery.data.id, err: failure }, "a failure could not be reported"),
    );
  });
}
