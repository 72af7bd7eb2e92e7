import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../src/cli/bench/seeded-random.ts";
import { type MeasureTruth, makeCandidates } from "../../../../src/cli/bench/selection/candidates.ts";
import { aTask } from "./a-task.ts";

/** Counts by the text alone: what compares differently from the solution is wrong. */
const measure: MeasureTruth = async (_, texts) =>
  texts.map((text) => (/a > b|a >= b/.test(text) && /return a;\s+return b/.test(text) ? "right" : "wrong"));

describe("candidates of a task", () => {
  it("are the solution, what is as good, and what is wrong, by their measured truth", async () => {
    const made = await makeCandidates(aTask, { right: 2, wrong: 3 }, createRandom(1), measure);
    expect(made.right[0]).toBe(aTask.solution);
    expect(made.right.length).toBeLessThanOrEqual(2);
    expect(made.wrong).toHaveLength(3);
    expect(await measure(aTask, made.wrong)).toEqual(["wrong", "wrong", "wrong"]);
    expect(new Set([...made.right, ...made.wrong]).size).toBe(made.right.length + made.wrong.length);
  });

  it("are the same for a seed", async () => {
    const make = () => makeCandidates(aTask, { right: 2, wrong: 3 }, createRandom(5), measure);
    expect(await make()).toEqual(await make());
  });

  it("hold mutants of mutants where the first ones do not give enough", async () => {
    const made = await makeCandidates(aTask, { right: 1, wrong: 6 }, createRandom(1), measure);
    expect(made.wrong.length).toBeGreaterThan(1);
    expect(made.measured).toBeGreaterThan(6);
  });

  it("leave out what does not end", async () => {
    const ending: MeasureTruth = async (task, texts) =>
      (await measure(task, texts)).map((truth, at) => (truth === "wrong" && at === 1 ? "endless" : truth));
    const made = await makeCandidates(aTask, { right: 1, wrong: 2 }, createRandom(1), ending);
    expect([made.endless > 0, made.wrong.length]).toEqual([true, 2]);
  });

  it("are refused where the solution is not right, or nothing is wrong", async () => {
    const make = (truth: "right" | "wrong") =>
      makeCandidates(aTask, { right: 1, wrong: 1 }, createRandom(1), async (_, texts) => texts.map(() => truth));
    await expect(make("wrong")).rejects.toThrow("larger is not right");
    await expect(make("right")).rejects.toThrow("No mutant");
  });
});
