import { expect, test } from "vitest";
import { checkReadiness } from "../../../src/monitoring/application/check-readiness.ts";

const answers = { name: "graph", ping: () => Promise.resolve() };

test("everything answers: ready", async () => {
  expect(await checkReadiness([answers], 1000)).toEqual({
    ready: true,
    components: [{ name: "graph", ok: true, why: null }],
  });
});

test("a component that is away turns readiness red and says why", async () => {
  const away = { name: "queues", ping: () => Promise.reject(new Error("ECONNREFUSED")) };
  expect(await checkReadiness([answers, away], 1000)).toEqual({
    ready: false,
    components: [
      { name: "graph", ok: true, why: null },
      { name: "queues", ok: false, why: "ECONNREFUSED" },
    ],
  });
});

test("a component that never answers counts as away", async () => {
  const hung = { name: "graph", ping: () => new Promise<void>(() => {}) };
  const { ready, components } = await checkReadiness([hung], 20);
  expect(ready).toBe(false);
  expect(components[0]?.why).toBe("no answer within 20 ms");
});
