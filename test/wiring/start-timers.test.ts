import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { startTimers, type Timer } from "../../src/wiring/start-timers.ts";
import { createTimers } from "../../src/wiring/timers.ts";

const silent = pino({ level: "silent" });

/** Starts the timers on a queue that only notes what it is told. */
async function started(timers: readonly Timer[]) {
  const scheduled: string[] = [];
  const soon: { readonly name: string; readonly delay: number | undefined }[] = [];
  const queue = {
    upsertJobScheduler: async (name: string) => void scheduled.push(name),
    add: async (name: string, _data: unknown, { delay }: { delay?: number }) => void soon.push({ name, delay }),
  };
  const queues = { queue: () => queue, worker: () => ({}) };
  await startTimers(queues as unknown as Parameters<typeof startTimers>[0], timers, silent);
  return { scheduled, soon };
}

describe("timers", () => {
  test("every one is a row, and only the reconcile comes a while after each start, too", async () => {
    const nothing = {} as unknown as Parameters<typeof createTimers>[0];
    const { scheduled, soon } = await started(createTimers({ ...nothing, logger: silent }));
    expect(scheduled).toEqual([
      "leases",
      "deadlines",
      "tokens",
      "councils",
      "stories",
      "sweep",
      "places",
      "roles",
      "reconcile",
      "audit-verify",
    ]);
    expect(soon).toEqual([{ name: "reconcile", delay: 60_000 }]);
  });
});
