import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { amendTask } from "../../../src/workflow/application/amend-task.ts";
import { createTasks } from "../../../src/workflow/application/create-tasks.ts";
import { findTasks } from "../../../src/workflow/application/find-tasks.ts";
import { dev, holding, reviewer } from "../a-task.ts";
import { openWorkflowWorld, type WorkflowWorld } from "../a-world.ts";

const storyId = "100-42";
const planned = (number: number, dependsOn: number[]) =>
  ({
    number,
    title: `Step ${number}`,
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 1,
    dependsOn,
    covers: [1],
  }) as const;

let world: WorkflowWorld;
beforeAll(async () => {
  world = await openWorkflowWorld();
  const tasks = [planned(1, []), planned(2, [1]), planned(3, [2])].map((task) => ({
    ...task,
    covers: [...task.covers],
  }));
  await createTasks(world.deps, {
    storyId,
    installation: 11,
    repository: 100,
    planVersion: 1,
    tasks,
    decidedBy: reviewer,
  });
});
afterAll(() => world.graph.close());

async function edges(): Promise<readonly string[]> {
  const rows = await world.graph.read((tx) =>
    tx.run("MATCH (a:Task)-[:DEPENDS_ON]->(b:Task) RETURN a.number AS a, b.number AS b ORDER BY a, b"),
  );
  return rows.map((row) => `${row["a"]} after ${row["b"]}`);
}

const amend = (number: number, dependsOn: readonly number[], role: "product-owner" | "developer") =>
  amendTask(world.deps, {
    taskId: `${storyId}-p1-t${number}`,
    amendment: { dependsOn },
    principal: dev,
    roles: holding(role),
    deliveryId: `d-${number}`,
  });

describe("amending a task", () => {
  it("changes its edges in the graph, and gives a task that is ready by that to a council", async () => {
    expect(await edges()).toEqual(["2 after 1", "3 after 2"]);
    expect((await amend(3, [1], "product-owner")).kind).toBe("moved");
    expect(await edges()).toEqual(["2 after 1", "3 after 1"]);
    expect((await amend(2, [], "product-owner")).kind).toBe("moved");
    expect(await edges()).toEqual(["3 after 1"]);
    const states = (await findTasks(world.deps, { storyId })).map(({ number, state }) => [number, state]);
    expect(states).toEqual([
      [1, "implementing"],
      [2, "implementing"],
      [3, "todo"],
    ]);
  });

  it("by somebody who may not leaves a denial and nothing else", async () => {
    const decision = await amend(3, [2], "developer");
    expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "role-missing" } });
    expect(await edges()).toEqual(["3 after 1"]);
    expect((await world.events()).at(-1)).toMatchObject({
      type: "access.denied",
      payload: { action: "amend-task", reason: "role-missing", deliveryId: "d-3" },
    });
  });

  it("that is not there is refused", async () => {
    expect(await amend(7, [], "product-owner")).toMatchObject({ kind: "refused", refusal: { reason: "unknown-task" } });
  });
});
