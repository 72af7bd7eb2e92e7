import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { runsAtOnce } from "../../src/wiring/runs-at-once.ts";

it("runs on this machine are a core's each, and never one alone", () => {
  const cores = Math.max(2, availableParallelism());
  for (const kind of [undefined, "bubblewrap", "off"] as const) expect(runsAtOnce(kind)).toBe(cores);
});

it("the pods of a cluster are as many as the operator says", () => {
  const pods = { kind: "kubernetes", image: "i", claim: "c", mount: "/m", namespace: undefined } as const;
  expect(runsAtOnce({ ...pods, jobs: 64 })).toBe(64);
});
