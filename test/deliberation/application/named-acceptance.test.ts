import { describe, expect, it } from "vitest";
import { base, breaking, edit, good, losses, run, useless } from "../a-council.ts";
import { story, task } from "../council-of.ts";

const named = "test/named.test.js";
const naming = (...texts: readonly string[]) => ({
  story: { ...story, criteria: texts.map((text, index) => ({ number: index + 1, text })) },
  task: { ...task, covers: texts.map((_, index) => index + 1) },
});
const given = `Given two numbers, when they are added, then the answer is as ${named} says.`;
const other = "Given nothing, when it is added, then the answer is 0.";
const commits = { base: { ...base, [named]: "accept\n" } };

describe("a test of the repository that a criterion names", () => {
  it("and that fails on the base is its acceptance test: no model is asked, nothing of it is published", async () => {
    const ended = await run({ a: breaking, b: useless, c: good }, { commits, job: naming(given) });
    expect(losses(ended)).toEqual({ c1: "regressions", c2: "acceptance", c3: null });
    const { acceptance: tests, candidates } = ended.implementation();
    expect(tests).toEqual([
      {
        id: "a1",
        criterion: 1,
        path: named,
        content: "accept\n",
        from: "repository",
        status: "kept",
        reason: "It fails on the base: expected 3 to equal -1",
      },
    ]);
    expect(ended.asked.some(({ purpose }) => purpose === "acceptance test")).toBe(false);
    expect(candidates[0]?.changes.map(({ path }) => path)).toEqual(["src/sum.js"]);
  });

  it("is run as it stands, whatever a candidate makes of it", async () => {
    const cheating = `${useless}\n${named}\n\`\`\`js\nalways\n\`\`\`\n`;
    const removing = `${useless}\nDELETE ${named}\n`;
    const right = `${good}\n${named}\n\`\`\`js\nalways\n\`\`\`\n`;
    const ended = await run({ a: cheating, b: removing, c: right }, { commits, job: naming(given) });
    expect(losses(ended)).toMatchObject({ c1: "acceptance", c2: "acceptance", c3: null });
    expect(ended.implementation().candidates[0]?.changes.map(({ path }) => path)).toEqual(["src/sum.js"]);
  });

  it("leaves the other criteria to the qa member", async () => {
    const ended = await run({ a: good, b: useless, c: useless }, { commits, job: naming(other, given) });
    const { acceptance: tests } = ended.implementation();
    expect(tests.map(({ criterion, from, status }) => [criterion, from, status])).toEqual([
      [2, "repository", "kept"],
      [1, "council", "kept"],
    ]);
    expect(ended.asked.filter(({ purpose }) => purpose === "acceptance test")).toHaveLength(1);
  });

  it.each([
    ["passes on the base", { ...base, [named]: "always\n" }],
    ["does not exist", base],
  ])("that %s is none: a model is asked for one", async (_, files) => {
    const ended = await run({ a: good, b: useless, c: useless }, { commits: { base: files }, job: naming(given) });
    expect(ended.implementation().acceptance).toMatchObject([{ from: "council", status: "kept" }]);
  });

  it("counts also where every candidate fails it in a way that is no assertion", async () => {
    const broken = { base: { ...base, [named]: "broken\n" } };
    const ended = await run({ a: good, b: useless, c: useless }, { commits: broken, job: naming(given) });
    expect(ended.implementation()).toMatchObject({ winner: null, acceptance: [{ status: "kept" }] });
  });

  it("is taken as the task's branch has it, where a person corrected it there", async () => {
    const branch = { ...base, [named]: "accept, corrected\n" };
    const source = { mirror: "m", baseSha: "base", startSha: "branch" };
    const ended = await run(
      { a: good, b: useless, c: useless },
      { commits: { ...commits, branch }, job: { ...naming(given), source, round: 2 } },
    );
    expect(ended.implementation()).toMatchObject({ winner: "c1", acceptance: [{ content: "accept, corrected\n" }] });
  });

  it("is taken from a branch of tests that were written first and wait for this code", async () => {
    const later = "test/story-12-criterion-1.test.js";
    const tests = { ...base, [later]: "accept\n", "test/story-99-criterion-1.test.js": "broken\n" };
    const source = { mirror: "m", baseSha: "base", startSha: "base", tests: ["tests"] };
    const job = { ...naming(other), source };
    const ended = await run({ a: breaking, b: useless, c: good }, { commits: { base, tests }, job });
    expect(losses(ended)).toEqual({ c1: "regressions", c2: "acceptance", c3: null });
    const { acceptance, candidates } = ended.implementation();
    expect(acceptance).toMatchObject([{ criterion: 1, path: later, content: "accept\n", from: "repository" }]);
    expect(ended.asked.some(({ purpose }) => purpose === "acceptance test")).toBe(false);
    expect(candidates[0]?.changes.map(({ path }) => path)).toEqual(["src/sum.js"]);
  });

  it("is paid for once by workers that die", async () => {
    const script = { a: edit("export const sum = (a, b) => a + b;"), b: useless, c: useless };
    const whole = await run(script, { commits, job: naming(given) });
    for (const saved of whole.saves) {
      const again = await run(script, { commits, job: naming(given), saved: structuredClone(saved) });
      expect(again.implementation().acceptance).toEqual(whole.implementation().acceptance);
    }
  });
});
