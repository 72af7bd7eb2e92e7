import { expect, it } from "vitest";
import { createBusyTime } from "../../../src/cli/bench/busy-time.ts";

it("counts what overlaps once, what lies within another not at all, and what fails as well", async () => {
  let clock = 0;
  const busy = createBusyTime(() => clock);
  const ends: (() => void)[] = [];
  const open = () => busy.during(() => new Promise<void>((resolve) => ends.push(resolve)));
  const all = [open()];
  clock = 5;
  all.push(open());
  clock = 8;
  ends[1]?.();
  await all[1];
  clock = 10;
  ends[0]?.();
  await all[0];
  clock = 20;
  const failing = busy.during(async () => {
    clock = 23;
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(busy.total()).toBe(13);
  expect(createBusyTime().total()).toBe(0);
});
