import { describe, expect, it } from "vitest";
import { candidateTable } from "../../../src/github/present/candidate-table.ts";
import { acceptance, base, good, losses, run, useless } from "../a-council.ts";
import { task } from "../council-of.ts";

const tests = { ...task, type: "test" as const, code: { missing: [1, 2, 3], there: [] } };
const all = [1, 2, 3].map((number) => acceptance(number)).join("\n");
const quiet = { revision: "no change", "acceptance test": "No." };

describe("a task that writes tests", () => {
  it("is won by tests that fail as they must and cover most criteria", async () => {
    const ended = await run(
      { a: acceptance(1), b: all, c: acceptance(2, "always"), ...quiet },
      { job: { task: tests } },
    );
    expect(losses(ended)).toEqual({ c1: "acceptance", c2: null, c3: "acceptance" });
    const outcome = ended.implementation();
    expect(outcome.reason).toBe(
      "c2 won: it covers most criteria: it applies, builds, breaks no existing test; 3 new tests cover 3 of 3 criteria: 3 fail on the base, as they must.",
    );
    expect(outcome.candidates.map(({ why }) => why)).toContain("it covers 1 of 3 criteria, the best 3");
    expect(outcome.candidates[0]?.changes.map(({ path }) => path)).toEqual(
      [1, 2, 3].map((number) => `test/story-12-criterion-${number}.test.js`),
    );
    expect(candidateTable(outcome)).toMatchSnapshot();
    expect(ended.asked.some(({ purpose }) => purpose === "acceptance test")).toBe(false);
  });

  it("says what it asks for, and does so under qa's rules", async () => {
    const ended = await run({ a: all, b: all + good, c: useless, ...quiet }, { job: { task: tests } });
    const [{ text } = { text: "" }] = ended.asked;
    expect(text).toContain("Write tests of every acceptance criterion above (1, 2, 3), and nothing but tests.");
    expect(text).toContain("The code of criterion 1, 2, 3 is not there yet: its tests must fail now.");
    expect(text).toContain("You work as qa: you may write tests only");
    expect(losses(ended)).toMatchObject({ c1: null, c2: "policy", c3: "acceptance" });
  });

  it("is won by nobody where tests are broken; the author sees which, and may mend it", async () => {
    const broken = acceptance(1, "broken");
    const drafts = { a: broken, b: acceptance(2, "always"), c: useless, ...quiet };
    const ended = await run({ ...drafts, "a revision": acceptance(1) }, { job: { task: tests } });
    expect(losses(ended)).toMatchObject({ c1: "acceptance", c1r: null, c2: "acceptance" });
    const shown = ended.asked.find(({ purpose, model }) => purpose === "revision" && model === "a");
    expect(shown?.text).toContain("acceptance: 1 of 1 new test is not sound");
    expect(shown?.text).toContain("it fails on the base by no assertion: SyntaxError: unexpected");
  });

  it("of code that is there is won by tests that pass", async () => {
    const drafts = { a: acceptance(1), b: acceptance(1, "always"), c: useless, ...quiet };
    const ended = await run(drafts, { job: { task: { ...tests, covers: [1], code: { missing: [], there: [1] } } } });
    expect(losses(ended)).toMatchObject({ c1: "acceptance", c2: null });
  });

  it("may not break a test that was there", async () => {
    const removing = `${all}\nDELETE test/sum.test.js\n`;
    const ended = await run({ a: removing, b: useless, c: useless, ...quiet }, { job: { task: tests } });
    expect(losses(ended)).toMatchObject({ c1: "regressions" });
  });

  it("goes on in a later round from the tests that it left in its branch", async () => {
    const branch = { ...base, "test/story-12-criterion-1.test.js": "accept\n" };
    const source = { mirror: "m", baseSha: "base", startSha: "branch" };
    const more = acceptance(2);
    const ended = await run(
      { a: more, b: more, c: more, ...quiet },
      { job: { source, task: tests, round: 2 }, commits: { branch } },
    );
    const { candidates, acceptance: none } = ended.implementation();
    expect(none).toEqual([]);
    expect(candidates[0]?.checks.find(({ name }) => name === "acceptance")).toMatchObject({ passed: 2, total: 3 });
  });

  it("leaves on the default branch what the code's task is measured by", async () => {
    const commits = { base: { ...base, "test/story-12-criterion-1.test.js": "accept\n" } };
    const own = { ...task, covers: [1] };
    const ended = await run({ a: good, b: useless, c: useless }, { job: { task: own }, commits });
    expect(losses(ended)).toEqual({ c1: null, c2: "acceptance", c3: "acceptance" });
    expect(ended.implementation().acceptance).toMatchObject([{ from: "repository", status: "kept", criterion: 1 }]);
  });
});
