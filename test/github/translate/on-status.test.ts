import { expect, test } from "vitest";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { aTask } from "../../workflow/a-task.ts";
import { memoryFleet } from "../support/memory-fleet.ts";

const task = aTask({ state: "pending-qa" });
const writes = [`task ${task.id}`];

async function written(said: object, change: Partial<Task> = {}): Promise<readonly string[]> {
  const { writes } = await after(said, change);
  return writes.map((write) => (write.kind === "task" ? `task ${write.taskId}` : write.kind));
}

async function keptAfter(said: object, failingChecks: Task["failingChecks"] = []): Promise<Task["failingChecks"]> {
  return (await after(said, { failingChecks })).task()?.failingChecks;
}

async function after(said: object, change: Partial<Task>) {
  const fleet = memoryFleet({ task: { ...task, ...change }, roles: { known: true, roles: [] } });
  await fleet.send("status", {
    installation: { id: task.installation },
    repository: { id: task.repository, name: task.repo, owner: { login: task.owner } },
    sender: { id: 99, login: "ci" },
    sha: task.headSha,
    context: "ci/build",
    state: "success",
    branches: [{ name: "main" }, { name: task.branch }],
    ...said,
  });
  return fleet;
}

test.each(["success", "failure", "error"])(
  "a status that says %s has the task of its commit looked at",
  async (state) => {
    expect(await written({ state })).toEqual(writes);
  },
);

test("one that is pending, of another commit or of another branch opens nothing", async () => {
  expect(await written({ state: "pending" })).toEqual([]);
  expect(await written({ sha: "f".repeat(40) })).toEqual([]);
  expect(await written({ branches: [{ name: "main" }] })).toEqual([]);
  expect(await written({}, { merged: true })).toEqual([]);
});

test("one that failed is kept for the next round, without secrets, and dropped once it is green", async () => {
  const token = `ghp_${"a1B2c3D4".repeat(5)}`;
  const failing = await keptAfter({ state: "failure", description: `clone https://x:${token}@host failed` });
  expect(failing).toMatchObject([{ by: "github", name: "ci/build" }]);
  expect(JSON.stringify(failing)).not.toContain(token);
  expect(await keptAfter({ state: "success" }, failing)).toBeUndefined();
  expect(await keptAfter({ state: "pending" }, failing)).toEqual(failing);
});

test("a server that names no branches is answered all the same", async () => {
  expect(await written({ branches: undefined })).toEqual(writes);
});
