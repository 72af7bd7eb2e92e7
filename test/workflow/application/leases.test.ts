import { beforeEach, describe, expect, it } from "vitest";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { assignReady } from "../../../src/workflow/application/assign-ready.ts";
import { getTask, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { handOverTask } from "../../../src/workflow/application/hand-over-task.ts";
import { releaseExpiredLeases, renewLease } from "../../../src/workflow/application/leases.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { ask, create, first, hour, push, review, second, stateOf, toApproval, useWorld, world } from "../a-run.ts";
import { dev, feedback, holding, reviewer } from "../a-task.ts";

useWorld();

const council = { kind: "council" } as const;
const byDev = { principal: dev, roles: holding("developer"), deliveryId: null } as const;
const handOver = (assignee: Parameters<typeof handOverTask>[1]["assignee"], taskId = first) =>
  handOverTask(world.deps, { taskId, assignee, ...byDev });
/** How long the task is held from when it came to its holder, in hours. */
async function leaseHours(taskId = first): Promise<number> {
  const task = await getTask(world.deps, taskId);
  if (task?.leaseExpiresAt == null) throw new Error("nobody holds the task");
  return (Date.parse(task.leaseExpiresAt) - Date.parse(task.stateSince)) / hour;
}
const said = async (): Promise<readonly FleetEvent<"workflow.task.lease-ended">["payload"][]> =>
  (await world.events()).flatMap((event) => (event.type === "workflow.task.lease-ended" ? [event.payload] : []));

describe("a lease of five hours, with quiet time from noon to two", () => {
  beforeEach(async () => {
    // The clock begins at ten.
    const quiet = { timezone: "UTC", from: "12:00", to: "14:00", days: [] };
    world.sla = { ...world.sla, leaseMs: 5 * hour, quiet };
    await create();
  });

  it.each([
    ["is claimed", () => ask("claim-task", dev)],
    ["is assigned to a person", () => handOver({ kind: "person", principal: dev })],
    ["is assigned to a council", () => handOver(council)],
    ["goes to a council by itself", () => assignReady(world.deps, "100-42")],
    [
      "is handed on by its holder",
      async () => {
        await ask("claim-task", dev);
        await handOver(council);
      },
    ],
    [
      "is revised after a rejection",
      async () => {
        await ask("claim-task", dev);
        await push(dev, "a");
        await review("reject", "a");
        await ask("revise-code", dev);
      },
    ],
    [
      "is handed over after a rejection",
      async () => {
        await ask("claim-task", dev);
        await push(dev, "a");
        await review("reject", "a");
        await handOver(council);
      },
    ],
    [
      "comes back from the product owner by a review",
      async () => {
        await toApproval(first);
        await review("reject", first);
      },
    ],
    [
      "comes back from the product owner by a label or a command",
      async () => {
        await toApproval(first);
        await ask("reject-story", reviewer, { feedback });
      },
    ],
  ])("holds when the task %s", async (_way, hold) => {
    await hold();
    expect(await stateOf()).toBe("implementing");
    expect(await leaseHours()).toBe(7);
  });

  it("holds for the task that a merge makes ready", async () => {
    await toApproval(first);
    await review("approve", first);
    await recordMerge(world.deps, { taskId: first, mergeSha: "m" });
    expect(await leaseHours(second)).toBe(7);
  });

  it("begins anew with each heartbeat, and counts from the end of the quiet time", async () => {
    await ask("claim-task", dev);
    world.pass(3 * hour);
    await renewLease(world.deps, first, dev);
    expect((await getTask(world.deps, first))?.leaseExpiresAt).toBe("2026-03-01T19:00:00.000Z");
  });
});

describe("the lease of a person", () => {
  it("ends, unless somebody shows that he is at work", async () => {
    await create();
    await ask("claim-task", dev);
    world.pass(hour);
    await renewLease(world.deps, first, dev);
    await renewLease(world.deps, second, dev);
    world.pass(1.5 * hour);
    expect(await releaseExpiredLeases(world.deps)).toBe(0);
    await renewLease(world.deps, first, reviewer);
    world.pass(hour);
    expect(await releaseExpiredLeases(world.deps)).toBe(1);
    expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", assignee: null });
    expect(await releaseExpiredLeases(world.deps)).toBe(0);
  });

  it("ends with a word to that person, once for each time that it ends", async () => {
    await create();
    for (const round of [1, 2]) {
      await ask("claim-task", dev);
      const endedAt = (await getTask(world.deps, first))?.leaseExpiresAt;
      world.pass(2 * hour);
      await releaseExpiredLeases(world.deps);
      await releaseExpiredLeases(world.deps);
      const told = await said();
      expect(told).toHaveLength(round);
      const place = { owner: "acme", repo: "shop", number: 42, task: 1 };
      expect(told.at(-1)).toMatchObject({ assignee: { kind: "person", principal: dev }, endedAt, round, ...place });
      expect((await listTaskHistory(world.deps, first)).at(-1)).toMatchObject({
        action: "release-task",
        principal: { kind: "system" },
        reason: `Nothing was heard of @dana until the end of the lease (${endedAt}).`,
      });
    }
  });

  it("that was given back by hand needs no word", async () => {
    await create();
    await ask("claim-task", dev);
    await ask("release-task", dev);
    world.pass(3 * hour);
    expect([await releaseExpiredLeases(world.deps), await said()]).toEqual([0, []]);
  });
});

describe("the lease of a council", () => {
  it("goes on while it is at its round, for a day if need be, and its work is taken in", async () => {
    await create();
    await assignReady(world.deps, "100-42");
    world.atWork = [`${first}-r1`];
    for (let passed = 0; passed < 24; passed += 1) {
      world.pass(hour);
      expect(await releaseExpiredLeases(world.deps)).toBe(0);
    }
    expect(await getTask(world.deps, first)).toMatchObject({ state: "implementing", assignee: council, round: 1 });
    await push({ kind: "agent", role: "developer", number: 1 }, "a");
    expect(await stateOf()).toBe("pending-arch-review");
    expect(await said()).toEqual([]);
  });

  it("ends with the reason where it is at nothing, and it is not asked again by itself", async () => {
    await create();
    await assignReady(world.deps, "100-42");
    world.atWork = [`${first}-r7`];
    world.pass(2 * hour);
    expect(await releaseExpiredLeases(world.deps)).toBe(1);
    await assignReady(world.deps, "100-42");
    expect(await getTask(world.deps, first)).toMatchObject({
      state: "todo",
      councilGaveUp: expect.stringContaining("Nothing was heard of the council until the end of the lease"),
    });
    expect(await said()).toMatchObject([{ assignee: council, round: 1 }]);
    await handOver(council);
    expect(await stateOf()).toBe("implementing");
  });
});
