import { LRUCache } from "lru-cache";
import { expect, it } from "vitest";
import { recall } from "../../../src/context/infrastructure/code-index/layer-memory.ts";

it("reads each node once, and knows which are not there", async () => {
  const memory = new LRUCache<string, { readonly node: string | null }>({ max: 10 });
  const asked: (readonly string[])[] = [];
  const read = async (ids: readonly string[]) => {
    asked.push(ids);
    return new Map(ids.filter((id) => id !== "none").map((id) => [id, id.toUpperCase()]));
  };
  expect([...(await recall(memory, ["a", "none", "a"], read))]).toEqual([["a", "A"]]);
  expect(Object.fromEntries(await recall(memory, ["a", "none", "b"], read))).toEqual({ a: "A", b: "B" });
  expect([...(await recall(memory, ["none"], read))]).toEqual([]);
  expect(asked).toEqual([["a", "none"], ["b"]]);
});
