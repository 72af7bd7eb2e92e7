import { expect, it } from "vitest";
import { createMeasureTruth } from "../../../../src/cli/bench/selection/truth.ts";
import type { Sandbox, SandboxResult } from "../../../../src/execution/application/ports.ts";
import { aTask } from "./a-task.ts";

const result: SandboxResult = {
  exitCode: 0,
  endedBy: "exit",
  reason: "",
  stdout: "",
  stderr: "",
  wallMs: 1,
  peakMemoryBytes: 1,
};

function answering(...results: readonly Partial<SandboxResult>[]) {
  const left = [...results];
  const sandbox: Sandbox = {
    kind: "bubblewrap",
    protects: [],
    pathInside: (path) => path,
    run: async () => ({ ...result, ...left.shift() }),
  };
  return createMeasureTruth(sandbox, async () => ({ readOnly: [], path: [], env: {} }));
}

it("the exit status of each text's tests tells its truth", async () => {
  const measure = answering({ stdout: "c0 0\nc1 1\nc2 124\n" });
  expect(await measure(aTask, ["a", "b", "c"])).toEqual(["right", "wrong", "endless"]);
});

it("what a limit kept from an answer is run by itself", async () => {
  const measure = answering({ stdout: "c0 0\n", endedBy: "memory" }, { stdout: "c0 1\n" }, { endedBy: "memory" });
  expect(await measure(aTask, ["a", "b", "c"])).toEqual(["right", "wrong", "endless"]);
});

it("a sandbox that refuses is no verdict", async () => {
  await expect(answering({ endedBy: "refused", reason: "broken" })(aTask, ["a"])).rejects.toThrow("broken");
});
