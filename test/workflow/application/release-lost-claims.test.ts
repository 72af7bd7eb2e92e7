import { expect, it } from "vitest";
import type { RoleAnswer } from "../../../src/kernel/roles.ts";
import { assignReady } from "../../../src/workflow/application/assign-ready.ts";
import { listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { type ClaimScope, releaseLostClaims } from "../../../src/workflow/application/release-lost-claims.ts";
import { transitionTask } from "../../../src/workflow/application/transition-task.ts";
import { create, first, stateOf, useWorld, world } from "../a-run.ts";
import { dev, holding } from "../a-task.ts";

useWorld();

const lost: RoleAnswer = { known: true, roles: ["qa"] };
const release = (answer: RoleAnswer, scope: ClaimScope = {}, deliveryId: string | null = "d-1") =>
  releaseLostClaims(world.deps, scope, async () => answer, deliveryId);

async function claim(): Promise<void> {
  await create();
  await transitionTask(world.deps, {
    taskId: first,
    action: "claim-task",
    principal: dev,
    roles: holding("developer"),
    openDependencies: [],
    now: world.now(),
  });
  expect(await stateOf()).toBe("implementing");
}

it.each<[string, RoleAnswer]>([
  ["who still holds the role", { known: true, roles: ["developer"] }],
  ["a look-up that failed", { known: false, why: "GitHub said 500" }],
])("takes nothing after %s", async (_, answer) => {
  await claim();
  expect(await release(answer)).toEqual([]);
  expect(await stateOf()).toBe("implementing");
});

it.each<[string, ClaimScope, number]>([
  ["the holder", { holder: dev.kind === "human" ? dev.id : 0 }, 1],
  ["somebody else", { holder: 4711 }, 0],
  ["another repository", { repository: 4711 }, 0],
  ["another installation", { installation: 4711 }, 0],
])("looks only at the claims of its scope: %s", async (_, scope, released) => {
  await claim();
  expect(await release(lost, scope)).toHaveLength(released);
  expect(await stateOf()).toBe(released === 1 ? "todo" : "implementing");
});

it("leaves the reason in the record, and tells of it again when the delivery comes again", async () => {
  await claim();
  const [told] = await release({ ...lost, note: "the account is suspended" });
  expect(told?.why).toMatch(/^@\S+ no longer holds the role developer \(the account is suspended\)\.$/);
  const history = await listTaskHistory(world.deps, first);
  expect(history.at(-1)).toMatchObject({
    action: "release-task",
    role: "system",
    reason: told?.why,
    deliveryId: "d-1",
  });
  expect(await release(lost)).toMatchObject([{ why: told?.why }]);
  expect(await release(lost, {}, "d-2")).toEqual([]);
  expect(await listTaskHistory(world.deps, first)).toHaveLength(history.length);
});

it("never takes a task from a council", async () => {
  await create();
  await assignReady(world.deps, "100-42");
  expect(await release(lost)).toEqual([]);
  expect(await stateOf()).toBe("implementing");
});

it("releases only the holder that was looked up: whoever took the task meanwhile keeps it", async () => {
  await claim();
  const decision = await transitionTask(world.deps, {
    taskId: first,
    action: "release-task",
    principal: { kind: "system" },
    roles: { known: true, roles: ["system"] },
    roleLost: { holder: "human:4711", why: "gone" },
    now: world.now(),
  });
  expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "lease-taken" } });
});
