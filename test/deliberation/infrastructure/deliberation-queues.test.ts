import { expect, test } from "vitest";
import { waitingDeliberations } from "../../../src/deliberation/infrastructure/deliberation-queues.ts";
import { deliberationSubscriber } from "../../../src/deliberation/infrastructure/deliberation-subscriber.ts";
import { assigned, openDeliberations, readyForPlanning } from "../a-deliberation.ts";

test("those that wait are told in their order, whatever else lies in the queue", async () => {
  const { deps, jobs, graph } = await openDeliberations();
  const subscriber = deliberationSubscriber(deps);
  await subscriber.handle(readyForPlanning("e1"));
  await subscriber.handle(assigned(1));
  const queued = ["broken", ...jobs].map((job) => ({ data: { job, saved: null } }));
  const queue = { getWaiting: async (start: number, end: number) => queued.slice(start, end + 1) };
  expect((await waitingDeliberations(queue)).map(({ deliberationId }) => deliberationId)).toEqual([
    "7-12-plan-r1",
    "7-12-p1-t1-r1",
  ]);
  await graph.close();
});
