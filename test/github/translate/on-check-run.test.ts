import { expect, test } from "vitest";
import type { FailingCheck } from "../../../src/kernel/failing-check.ts";
import { aTask } from "../../workflow/a-task.ts";
import { memoryFleet } from "../support/memory-fleet.ts";

const task = aTask({ state: "pending-qa", pullRequest: 44 });
const ci: FailingCheck = { by: "github", name: "ci", tests: [], why: "2 of 9 tests fail" };

async function keptAfter(run: object, failingChecks: readonly FailingCheck[] = []) {
  const fleet = memoryFleet({ task: { ...task, failingChecks }, roles: { known: true, roles: [] } });
  await fleet.send("check_run", {
    installation: { id: task.installation },
    repository: { id: task.repository, name: task.repo, owner: { login: task.owner } },
    sender: { id: 99, login: "ci" },
    action: "completed",
    check_run: { name: "ci", head_sha: task.headSha, pull_requests: [{ number: 44 }], ...run },
  });
  return fleet.task()?.failingChecks;
}

test("a check run that failed is kept with the first lines of why, without secrets", async () => {
  const text = `> npm test\nok 1 adds\nnot ok 2 subtracts\n  password = "hunter2-hunter2"`;
  const output = { title: "1 of 2 tests fails", summary: null, text };
  expect(await keptAfter({ conclusion: "failure", output })).toEqual([
    {
      ...ci,
      of: "sha-1",
      why: "1 of 2 tests fails\nnot ok 2 subtracts\n  password = [redacted: password]",
    },
  ]);
});

test.each(["failure", "timed_out", "cancelled", "action_required"])(
  "one that ended as %s failed",
  async (conclusion) => {
    expect(await keptAfter({ conclusion })).toMatchObject([{ name: "ci", why: `It ended as ${conclusion}.` }]);
  },
);

test.each(["success", "neutral", "skipped"])("one that ended as %s did not", async (conclusion) => {
  expect(await keptAfter({ conclusion }, [ci])).toBeUndefined();
});

test("one that has not ended, of another commit, or of the fleet itself says nothing", async () => {
  expect(await keptAfter({ conclusion: null }, [ci])).toEqual([ci]);
  expect(await keptAfter({ conclusion: "success", head_sha: "f".repeat(40) }, [ci])).toEqual([ci]);
  expect(await keptAfter({ conclusion: "success", head_sha: undefined }, [ci])).toEqual([ci]);
  expect(await keptAfter({ conclusion: "success", app: { id: 1 } }, [ci])).toEqual([ci]);
});
