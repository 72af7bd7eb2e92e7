import { expect, it } from "vitest";
import { isAtWork } from "../../../src/deliberation/application/is-at-work.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { createIsUnderWay } from "../../../src/deliberation/infrastructure/deliberation-queues.ts";
import { assigned, deliberationsOfEachTest, implementation } from "../a-deliberation.ts";

const open = deliberationsOfEachTest();
const task = "7-12-p1-t1";
const id = `${task}-r1`;

/** A queue with the given jobs, each over or not. */
function queueOf(jobs: Readonly<Record<string, "open" | "completed" | "failed">>) {
  return {
    getJob: async (name: string) => {
      const state = jobs[name];
      if (state === undefined) return undefined;
      return { isCompleted: async () => state === "completed", isFailed: async () => state === "failed" };
    },
  };
}

it("a deliberation is under way until its job is over and the report of its end was taken in", async () => {
  const end = `${id}/end`;
  const asked = ["open", "completed", "failed"] as const;
  const byJob = asked.map((state) => createIsUnderWay(queueOf({ [id]: state }), queueOf({}))(id));
  expect(await Promise.all(byJob)).toEqual([true, false, false]);
  const byReport = asked.map((state) =>
    createIsUnderWay(queueOf({ [id]: "completed" }), queueOf({ [end]: state }))(id),
  );
  expect(await Promise.all(byReport)).toEqual([true, false, false]);
  expect(await createIsUnderWay(queueOf({}), queueOf({}))(id)).toBe(false);
});

it("a council is at work while its job is there, and from then on as the holder of a winner", async () => {
  const { deps, subscriber } = await open();
  let isThere = true;
  const at = (round: number) => isAtWork({ ...deps, isUnderWay: async () => isThere }, task, round);
  expect(await at(1)).toBe(false);
  await subscriber.handle(assigned(1));
  expect([await at(1), await at(2)]).toEqual([true, false]);
  await recordReport(deps, { kind: "progress", deliberationId: id, status: "checking", note: "3 candidates" });
  expect(await at(1)).toBe(true);
  isThere = false;
  expect(await at(1)).toBe(false);
  await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
  expect(await at(1)).toBe(true);
});

it("a council of which nobody passed, or that failed, is at nothing", async () => {
  const { deps, subscriber } = await open();
  const at = (round: number) => isAtWork({ ...deps, isUnderWay: async () => true }, task, round);
  await subscriber.handle(assigned(1));
  await recordReport(deps, { kind: "finished", deliberationId: id, outcome: { ...implementation, winner: null } });
  await subscriber.handle(assigned(2));
  await recordReport(deps, { kind: "failed", deliberationId: `${task}-r2`, status: "timed-out", reason: "24 h" });
  expect([await at(1), await at(2)]).toEqual([false, false]);
});
