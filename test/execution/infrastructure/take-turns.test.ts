import { describe, expect, it } from "vitest";
import type { Sandbox, SandboxResult } from "../../../src/execution/application/ports.ts";
import { refusedRun } from "../../../src/execution/infrastructure/sandbox-result.ts";
import { takeTurns } from "../../../src/execution/infrastructure/take-turns.ts";

/** A sandbox whose runs end when the test says so. */
function held() {
  const begun: { readonly end: (result: SandboxResult) => void; readonly fail: (error: Error) => void }[] = [];
  const sandbox: Sandbox = {
    kind: "bubblewrap",
    protects: [],
    pathInside: (worktree) => worktree,
    run: () => new Promise((end, fail) => begun.push({ end, fail })),
  };
  return { begun, sandbox };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const done = refusedRun("refused", "done");
const run = { worktree: "/w", command: "true" };

describe("takeTurns", () => {
  it("begins as many as it may, and the next when one has ended, well or not", async () => {
    const { begun, sandbox } = held();
    const { run: take } = takeTurns(sandbox, 2);
    const runs = [1, 2, 3, 4].map(() => take(run));
    await settled();
    expect(begun).toHaveLength(2);
    begun[0]?.end(done);
    begun[1]?.fail(new Error("a defect"));
    expect(await runs[0]).toBe(done);
    await expect(runs[1]).rejects.toThrow("a defect");
    await settled();
    expect(begun).toHaveLength(4);
    for (const { end } of begun) end(done);
    await Promise.all(runs.slice(2));
  });

  it("runs one alone: after those that run, and before those that came later", async () => {
    const { begun, sandbox } = held();
    const { run: take } = takeTurns(sandbox, 2);
    const runs: Promise<SandboxResult>[] = [];
    for (const alone of [false, false, true, false, false, true]) {
      runs.push(take({ ...run, alone }));
      await settled();
    }
    const seen: number[] = [];
    for (let at = 0; at < runs.length; at += 1) {
      await settled();
      seen.push(begun.length);
      begun[at]?.end(done);
    }
    expect(seen).toEqual([2, 2, 3, 5, 5, 6]);
    await Promise.all(runs);
  });

  it("gives the turns back when the one that runs alone fails, or is aborted before it begins", async () => {
    const { begun, sandbox } = held();
    const { run: take } = takeTurns(sandbox, 2);
    const stop = new AbortController();
    const first = take({ ...run, alone: true });
    const second = take({ ...run, alone: true, signal: stop.signal });
    await settled();
    const third = take(run);
    await settled();
    expect(begun).toHaveLength(1);
    stop.abort();
    expect(await second).toMatchObject({ endedBy: "aborted" });
    begun[0]?.fail(new Error("a defect"));
    await expect(first).rejects.toThrow("a defect");
    await settled();
    begun[1]?.end(done);
    expect(await third).toBe(done);
  });

  it("runs none alone in a cluster", async () => {
    const { begun, sandbox } = held();
    const { run: take } = takeTurns({ ...sandbox, kind: "kubernetes" }, 2);
    const runs = [take(run), take({ ...run, alone: true })];
    await settled();
    expect(begun).toHaveLength(2);
    for (const { end } of begun) end(done);
    await Promise.all(runs);
  });

  it("answers one that is aborted while it waits at once, and leaves one that runs to the sandbox", async () => {
    const { begun, sandbox } = held();
    const { run: take } = takeTurns(sandbox, 1);
    const stop = new AbortController();
    const [first, second] = [take({ ...run, signal: stop.signal }), take({ ...run, signal: stop.signal })];
    await settled();
    stop.abort();
    expect(await second).toMatchObject({ endedBy: "aborted" });
    begun[0]?.end(done);
    expect(await first).toBe(done);
  });
});
