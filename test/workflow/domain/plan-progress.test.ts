import { describe, expect, it } from "vitest";
import { type TaskState, taskStates } from "../../../src/kernel/states.ts";
import {
  areDependenciesDone,
  areWrittenFirst,
  awaitedCode,
  openDependencies,
  testsWaitingFor,
} from "../../../src/workflow/domain/plan-progress.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { aTask } from "../a-task.ts";

const tests = (changes: Partial<Task> = {}) => aTask({ number: 1, type: "test", covers: [1, 2], ...changes });
const code = (number: number, changes: Partial<Task> = {}) =>
  aTask({ id: `100-42-p1-t${number}`, number, type: "code", covers: [number - 1], ...changes });

describe("tests that are written first", () => {
  it("await every task of the plan that has yet to bring the code of one of their criteria", () => {
    const others = [code(2), code(3), code(4), code(5, { covers: [1], type: "test" }), code(6, { covers: [2] })];
    expect(awaitedCode(tests(), [tests(), ...others])).toEqual([2, 3, 6]);
    const some = [code(2, { merged: true }), code(3, { state: "cancelled" }), code(6, { covers: [2], planVersion: 2 })];
    expect(awaitedCode(tests(), [tests(), ...some])).toEqual([]);
    expect(areWrittenFirst(tests(), [tests(), ...others])).toBe("code-awaited");
    expect(areWrittenFirst(tests(), [tests(), ...some])).toBe("code-merged");
  });

  it("are known to the tasks whose code they await, once they are handed in", () => {
    const waiting = (state: TaskState, of: Partial<Task> = {}) =>
      testsWaitingFor(code(2), [tests({ state, ...of }), code(3)]).map(({ number }) => number);
    expect([waiting("todo"), waiting("pending-qa"), waiting("pending-qa", { merged: true })]).toEqual([[], [1], []]);
    expect(waiting("pending-qa", { covers: [2] })).toEqual([]);
    expect(testsWaitingFor(tests(), [tests(), code(2)])).toEqual([]);
  });

  it("are none where no other task writes their code, or where the task writes no tests", () => {
    expect(areWrittenFirst(tests(), [tests(), code(4)])).toBeNull();
    expect(areWrittenFirst(code(2), [code(2), code(3, { covers: [1] })])).toBeNull();
    expect(awaitedCode(tests({ merged: true }), [code(2)])).toEqual([]);
  });
});

describe("a dependency on tests that are written first", () => {
  const holdsAt = (state: TaskState, of: Partial<Task> = {}) =>
    areDependenciesDone(code(2, { dependsOn: [1] }), [tests({ state, ...of }), code(2)]);

  it("holds once they are handed in and as long as nobody sent them back", () => {
    expect(taskStates.filter((state) => !holdsAt(state))).toEqual([
      "todo",
      "implementing",
      "arch-rejected",
      "qa-failed",
    ]);
  });

  it("says what has to become of them first", () => {
    const open = (...all: Task[]) => openDependencies(code(2, { dependsOn: [1] }), all);
    expect(open(tests({ state: "implementing" }), code(2))).toEqual([{ number: 1, until: "handed-in" }]);
    expect(open(tests({ state: "implementing" }), code(2, { merged: true }))).toEqual([{ number: 1, until: "merged" }]);
    expect(open(code(2))).toEqual([{ number: 1, until: "merged" }]);
  });

  it("is one on a merge, as every other, where they await no code", () => {
    const merged = { merged: true } as const;
    const then = (state: TaskState, of: Partial<Task> = {}) =>
      areDependenciesDone(code(3, { dependsOn: [1], covers: [] }), [tests({ state, ...of }), code(2, merged)]);
    expect([then("pending-qa"), then("done"), then("done", merged)]).toEqual([false, false, true]);
    expect(
      areDependenciesDone(code(3, { dependsOn: [2] }), [tests(), code(2, { state: "pending-qa" }), code(3)]),
      "code is built on once it is merged",
    ).toBe(false);
  });
});
