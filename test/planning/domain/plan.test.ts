import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlanTask } from "../../../src/kernel/plan.ts";
import { planHash, validatePlan } from "../../../src/planning/domain/plan.ts";
import { planTasks } from "../a-story.ts";

function task(number: number, changes: Partial<PlanTask> = {}): PlanTask {
  return {
    number,
    title: `Task ${number}`,
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 1,
    dependsOn: [],
    covers: [1],
    ...changes,
  };
}

describe("a plan", () => {
  it("is valid with 1 to 8 tasks, no cycle and every criterion covered", () => {
    expect(validatePlan(planTasks, 2)).toEqual([]);
    expect(
      validatePlan(
        [1, 2, 3, 4, 5, 6, 7, 8].map((number) => task(number)),
        1,
      ),
    ).toEqual([]);
    expect(validatePlan([task(1, { covers: [] })], 0)).toEqual([]);
  });

  it.each<[string, PlanTask[], number, string[]]>([
    ["no task", [], 1, ["The plan has no task; it needs 1 to 8."]],
    ["two tasks of one number", [task(1), task(2), task(2)], 1, ["Two tasks have the number 2."]],
    ["a gap", [task(1, { covers: [2] })], 4, ["No task covers criterion 1, 3, 4."]],
    ["an unknown criterion", [task(1, { covers: [1, 5] })], 1, ["Task 1 covers criterion 5, but the story has 1."]],
    [
      "an unknown dependency",
      [task(1, { dependsOn: [7] })],
      1,
      ["Task 1 depends on task 7, which is not in the plan."],
    ],
    ["itself", [task(1, { dependsOn: [1] })], 1, ["The dependencies form a cycle: task 1 → task 1."]],
    [
      "a cycle behind a chain",
      [
        task(1, { dependsOn: [2] }),
        task(2, { dependsOn: [3] }),
        task(3, { dependsOn: [4] }),
        task(4, { dependsOn: [2] }),
      ],
      1,
      ["The dependencies form a cycle: task 2 → task 3 → task 4 → task 2."],
    ],
  ])("is refused with its values for %s", (_name, tasks, criteria, problems) => {
    expect(validatePlan(tasks, criteria)).toEqual(problems);
  });

  it("is refused with more than eight tasks and with a wrong shape", () => {
    const nine = Array.from({ length: 9 }, (_, index) => task(index + 1));
    expect(validatePlan(nine, 1)).toContain("The plan has 9 tasks; it may have at most 8.");
    expect(validatePlan([task(1, { title: "x" })], 1)[0]).toMatch(/^Task 1: title: /);
    expect(validatePlan([task(1, { estimateHours: 0 })], 1)[0]).toMatch(/^Task 1: estimateHours: /);
    expect(validatePlan([task(0)], 1)[0]).toMatch(/^Task 1: number: /);
  });

  it("finds a cycle exactly where there is no order to work in", () => {
    const graphs = fc.array(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(graphs, (edges) => {
        const tasks = edges.map((dependsOn, index) => task(index + 1, { dependsOn }));
        const done = new Set<number>();
        for (let round = 0; round < tasks.length; round += 1) {
          for (const candidate of tasks) {
            if (candidate.dependsOn.every((number) => done.has(number))) {
              done.add(candidate.number);
            }
          }
        }
        expect(validatePlan(tasks, 1).some((problem) => problem.includes("cycle"))).toBe(done.size < tasks.length);
      }),
    );
  });

  it("has a hash of its content, whatever the order", () => {
    expect(planHash(planTasks)).toMatch(/^[0-9a-f]{64}$/);
    expect(planHash([...planTasks].reverse())).toBe(planHash(planTasks));
    expect(planHash([task(1, { covers: [2, 1] })])).toBe(planHash([task(1, { covers: [1, 2] })]));
    expect(planHash([task(1, { title: "Other" })])).not.toBe(planHash([task(1)]));
  });
});
