import { expect, test } from "vitest";
import { RetryableError } from "../../../src/kernel/errors.ts";
import { createWriteGate } from "../../../src/platform/graph/write-gate.ts";

const settled = () => new Promise(setImmediate);

/** Work that ends when it is told to, and what has begun and ended so far. */
function stage(atOnce: number) {
  const gate = createWriteGate(atOnce, 10_000);
  const order: string[] = [];
  const ends = new Map<string, () => void>();
  const write = (kind: "shared" | "alone", name: string) =>
    gate[kind](async () => {
      order.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      order.push(`${name} ends`);
      if (name === "bad") throw new Error("bad fails");
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await settled();
  };
  return { write, order, end };
}

test("shared writes run together up to the limit, past those that fail", async () => {
  const { write, order, end } = stage(2);
  const done = Promise.allSettled([write("shared", "bad"), write("shared", "b"), write("shared", "c")]);
  await settled();
  expect(order).toEqual(["bad begins", "b begins"]);
  await end("bad");
  expect(order).toEqual(["bad begins", "b begins", "bad ends", "c begins"]);
  await end("c");
  await end("b");
  expect((await done).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
});

test("a write alone waits for those that run, goes before those that wait, and has none beside it", async () => {
  const { write, order, end } = stage(2);
  const done = Promise.all([
    write("shared", "a"),
    write("alone", "x"),
    write("shared", "b"),
    write("alone", "y"),
    write("shared", "c"),
  ]);
  await settled();
  expect(order).toEqual(["a begins"]);
  for (const name of ["a", "x", "y", "b", "c"]) await end(name);
  await done;
  expect(order.slice(0, 6)).toEqual(["a begins", "a ends", "x begins", "x ends", "y begins", "y ends"]);
  expect(order.slice(6)).toEqual(["b begins", "c begins", "b ends", "c ends"]);
});

test("a write inside a write that waits for itself is refused, and the gate goes on", async () => {
  const gate = createWriteGate(8, 20);
  const outer = gate.shared(() => gate.alone(async () => "inner"));
  await expect(outer).rejects.toThrow(RetryableError);
  await expect(outer).rejects.toThrow("a write inside a write never ends");
  expect(await gate.alone(async () => "next")).toBe("next");
});

test("while a write is stuck, those that would wait for it are refused at once", async () => {
  const gate = createWriteGate(8, 20);
  let release = () => {};
  const stuck = gate.alone(() => new Promise<void>((resolve) => (release = resolve)));
  await expect(gate.shared(async () => "second")).rejects.toThrow(RetryableError);
  await expect(gate.alone(async () => "third")).rejects.toThrow(RetryableError);
  release();
  await stuck;
  expect(await gate.shared(async () => "fourth")).toBe("fourth");
});
