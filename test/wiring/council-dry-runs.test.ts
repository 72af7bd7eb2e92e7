import { describe, expect, it } from "vitest";
import type { CheckRun } from "../../src/execution/application/run-checks.ts";
import { runOwnDryRun } from "../../src/wiring/council-dry-runs.ts";

function answering(exitCode: number | null, stderr: string) {
  const lines: string[] = [];
  const ended =
    exitCode === null
      ? { endedBy: "time" as const, reason: "ran longer than 60 s", stdout: "" }
      : { endedBy: "exit" as const, reason: `ended with status ${exitCode}`, stdout: "" };
  const run: CheckRun = {
    worktree: "/w",
    openReportFolder: async () => {
      throw new Error("no report is asked for");
    },
    sandbox: {
      kind: "bubblewrap",
      protects: [],
      pathInside: () => "/worktree",
      run: async ({ command }) => {
        lines.push(String(command));
        return { ...ended, exitCode, stderr, wallMs: 5, peakMemoryBytes: 0 };
      },
    },
  };
  return { run, lines };
}

describe("a repository's own command for migrations", () => {
  it("is late where the clock ended it", async () => {
    const { run } = answering(null, "");
    const ended = {
      outcome: "failed",
      reason: expect.stringContaining("The command ran longer than 60 s"),
      late: true,
    };
    expect(await runOwnDryRun(run, "make migrate")).toMatchObject(ended);
    expect(await runOwnDryRun(answering(1, "").run, "make migrate")).not.toHaveProperty("late");
  });

  it("passes or fails by its status, in its own words", async () => {
    const good = answering(0, "");
    expect(await runOwnDryRun(good.run, "make migrate")).toMatchObject({
      outcome: "passed",
      passed: 1,
      total: 1,
      ms: 5,
    });
    expect(good.lines).toEqual(["make migrate"]);
    const bad = answering(1, "Error: relation x does not exist");
    expect(await runOwnDryRun(bad.run, "make migrate")).toMatchObject({
      outcome: "failed",
      reason: ".github/fleet.yml (checks.migrate): Error: relation x does not exist.",
    });
  });

  it("is not run where its program or its dependencies are not here", async () => {
    const { run } = answering(127, "sh: 1: rails: not found");
    expect(await runOwnDryRun(run, "rails db:migrate")).toMatchObject({
      outcome: "not-run",
      reason: "0 of 1 dry runs pass; checks.migrate: rails is not installed here.",
    });
    expect(await runOwnDryRun({ blocked: "There is no sandbox." }, "x")).toMatchObject({ outcome: "not-run" });
  });
});
