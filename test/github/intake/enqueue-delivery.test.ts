import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, expect, it, vi } from "vitest";
import { type Delivery, deliveriesQueue, deliverySchema } from "../../../src/github/intake/delivery.ts";
import { createDeliveryEnqueuer } from "../../../src/github/intake/enqueue-delivery.ts";
import { openQueues } from "../../../src/platform/queue/open-queues.ts";

const dataDir = await mkdtemp(join(tmpdir(), "enqueue-"));
const engine = await openQueues({ dataDir, logger: pino({ level: "silent" }) });
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

it("looks at comments first, then at what people do, then at facts", async () => {
  const queue = engine.queue<Delivery>("in-order");
  const enqueue = createDeliveryEnqueuer(queue);
  for (const event of ["check_run", "push", "issue_comment", "pull_request_review", "pull_request_review_comment"]) {
    await enqueue({ id: `${event}-1`, event, rawBody: "{}" });
  }
  const order: string[] = [];
  const worker = engine.worker("in-order", async (job) => void order.push(job.name));
  await vi.waitFor(() => expect(order).toHaveLength(5), 10_000);
  await worker.close();
  expect(order).toEqual(["issue_comment", "pull_request_review_comment", "push", "pull_request_review", "check_run"]);
});

it("queues a delivery once, under its own id, whatever the id looks like", async () => {
  const queue = engine.queue<Delivery>(deliveriesQueue);
  const enqueue = createDeliveryEnqueuer(queue);
  const ids = ["72d3162e-cc78-11e3-81ab-4c9367dc0958", "12345", "0"];
  for (const id of [...ids, ...ids]) {
    await enqueue({ id, event: "issues", rawBody: '{"a":"é"}', installationId: 7 });
  }
  const jobs = await queue.getJobs(["waiting", "prioritized"]);
  expect(jobs.map((job) => deliverySchema.parse(job.data).id).sort()).toEqual([...ids].sort());
  expect(jobs.map((job) => job.name)).toEqual(["issues", "issues", "issues"]);
});
