import { describe, expect, test } from "vitest";
import { aTask } from "../../workflow/a-task.ts";
import { botId, memoryFleet } from "../support/memory-fleet.ts";

const task = () => aTask({ state: "pending-arch-review", pullRequest: 77, approvals: [] });

/** One review by an architect, with what makes it another. */
async function review(change: {
  state?: string;
  sender?: object;
  fork?: boolean;
  pull?: number;
  via?: number;
}): Promise<readonly [string | undefined, string, number]> {
  const fleet = memoryFleet({ task: task(), roles: { known: true, roles: ["architect"] } });
  await fleet.send("pull_request_review", {
    installation: { id: 11 },
    repository: { id: 100, name: "shop", owner: { login: "acme" }, default_branch: "main" },
    sender: { id: 99, login: "arno", type: "User", ...change.sender },
    action: "submitted",
    pull_request: {
      number: change.pull ?? 77,
      updated_at: "2026-03-01T11:00:00Z",
      head: { ref: task().branch, sha: "sha-1", repo: change.fork === true ? { id: 666 } : { id: 100 } },
    },
    review: {
      id: 5,
      state: change.state ?? "approved",
      body: "",
      commit_id: "sha-1",
      user: { id: 99, login: "arno" },
      performed_via_github_app: change.via === undefined ? null : { id: change.via },
    },
  });
  return [fleet.task()?.state, fleet.reply(), fleet.writes.length];
}

describe("a review", () => {
  test("by an architect decides", async () => {
    expect(await review({})).toEqual(["pending-qa", "silent", 0]);
  });

  test.each([
    ["that only comments", { state: "commented" }],
    ["that is pending", { state: "pending" }],
    ["by a bot", { sender: { type: "Bot", login: "helper[bot]" } }],
    ["by the App's bot", { sender: { id: botId } }],
    ["of a pull request from a fork", { fork: true }],
    ["of a pull request of no task", { pull: 78 }],
    ["that the App submitted", { via: 1 }],
  ])("%s decides nothing and is nobody's question", async (_, change) => {
    expect(await review(change)).toEqual(["pending-arch-review", "silent", 0]);
  });
});
