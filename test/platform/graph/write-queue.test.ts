import { expect, test } from "vitest";
import { RetryableError } from "../../../src/kernel/errors.ts";
import { createWriteQueue } from "../../../src/platform/graph/write-queue.ts";

test("writes run one at a time, in the order of arrival, past those that fail", async () => {
  const queue = createWriteQueue(10_000);
  const order: string[] = [];
  const write = (name: string) =>
    queue.run(async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      if (name === "b") throw new Error("b fails");
      return name;
    });
  const results = await Promise.allSettled([write("a"), write("b"), write("c")]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a write inside a write is refused instead of waiting for itself, and the queue goes on", async () => {
  const queue = createWriteQueue(20);
  const outer = queue.run(() => queue.run(async () => "inner"));
  await expect(outer).rejects.toThrow(RetryableError);
  await expect(outer).rejects.toThrow("a write inside a write never ends");
  expect(await queue.run(async () => "next")).toBe("next");
});

test("while a write is stuck, later ones are refused at once", async () => {
  const queue = createWriteQueue(20);
  let release = () => {};
  const stuck = queue.run(() => new Promise<void>((resolve) => (release = resolve)));
  await expect(queue.run(async () => "second")).rejects.toThrow(RetryableError);
  await expect(queue.run(async () => "third")).rejects.toThrow(RetryableError);
  release();
  await stuck;
  expect(await queue.run(async () => "fourth")).toBe("fourth");
});
