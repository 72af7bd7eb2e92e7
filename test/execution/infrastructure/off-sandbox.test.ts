import { existsSync, readlinkSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOffSandbox } from "../../../src/execution/infrastructure/off-sandbox.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

describe("createOffSandbox", () => {
  const sandbox = createOffSandbox("a test");
  let worktree = "";
  beforeEach(async () => {
    worktree = await mkdtemp(join(tmpdir(), "fleet-off-"));
  });
  afterEach(() => removeDirectory(worktree));

  it("refuses what is not trusted, and starts nothing", async () => {
    const command = "touch was-run";
    for (const run of [
      { worktree, command },
      { worktree, command, trusted: false },
    ]) {
      expect(await sandbox.run(run)).toMatchObject({
        exitCode: null,
        endedBy: "refused",
        reason: "no-sandbox: a test",
      });
    }
    expect(existsSync(join(worktree, "was-run"))).toBe(false);
  });

  it("runs what is trusted, in an environment of its own", async () => {
    const { stdout, exitCode } = await sandbox.run({
      worktree,
      command: "env; pwd; exit 3",
      trusted: true,
      env: { A: "b" },
    });
    expect(exitCode).toBe(3);
    expect(stdout).toContain("A=b\n");
    expect(stdout).toContain(`${worktree}\n`);
    expect(stdout).not.toContain("VITEST");
  });

  it("keeps to the limits and leaves no process of the group", async () => {
    expect(
      await sandbox.run({ worktree, command: "sleep 4730 & sleep 4730", trusted: true, limits: { wallMs: 300 } }),
    ).toMatchObject({ endedBy: "time" });
    expect(
      await sandbox.run({ worktree, command: "yes", trusted: true, limits: { outputBytes: 10_000 } }),
    ).toMatchObject({ endedBy: "output" });
    const result = await sandbox.run({ worktree, command: "sleep 4730 & echo $!", trusted: true });
    expect(result.exitCode).toBe(0);
    await vi.waitFor(() =>
      expect(existsSync(`/proc/${result.stdout.trim()}/exe`) && readlinkSync(`/proc/${result.stdout.trim()}/exe`)).toBe(
        false,
      ),
    );
  });

  it("links a mount for as long as the run lasts", async () => {
    const store = await mkdtemp(join(tmpdir(), "fleet-off-store-"));
    const mount = { from: store, to: "node_modules" };
    const result = await sandbox.run({ worktree, command: "readlink node_modules", trusted: true, readOnly: [mount] });
    expect(result.stdout).toBe(`${store}\n`);
    expect(existsSync(join(worktree, "node_modules"))).toBe(false);
    expect(sandbox.pathInside(worktree, mount)).toBe(join(worktree, "node_modules"));
    expect(sandbox.pathInside(worktree, { from: store, to: "/x" })).toBe(store);
    expect(sandbox.pathInside(worktree)).toBe(worktree);
    await removeDirectory(store);
  });

  it("says what could not be started, and stops with its caller", async () => {
    expect(await sandbox.run({ worktree, command: ["/no/such/program"], trusted: true })).toMatchObject({
      endedBy: "refused",
    });
    expect(await sandbox.run({ worktree, command: "true", trusted: true, signal: AbortSignal.abort() })).toMatchObject({
      endedBy: "aborted",
    });
    const running = sandbox.run({ worktree, command: "kill -9 $$", trusted: true });
    expect(await running).toMatchObject({ endedBy: "signal", exitCode: null });
  });
});
