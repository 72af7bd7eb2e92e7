import { describe, expect, it } from "vitest";
import { functionOf } from "../../../src/deliberation/application/implementation/example-task.ts";
import { exampleLanguage, examplePrompt } from "../../../src/deliberation/application/prompts/example-prompt.ts";
import { promptVersion } from "../../../src/deliberation/application/prompts/prompt-versions.ts";
import { draftingModeOf } from "../../../src/deliberation/domain/agent/drafting-mode.ts";
import { firstBlock } from "../../../src/deliberation/domain/fenced-block.ts";
import { good, losses, run, type Script } from "../a-council.ts";
import { jobOf, realPrompting, story, task } from "../council-of.ts";

const stub = 'export function larger(a, b) {\n  throw new Error("not written yet");\n}\n';
const files = {
  "src/larger.js": stub,
  "src/sum.js": "export const sum = (a, b) => a + b;\n",
  "test/named-larger.test.js": "accept",
  "package.json": "{}",
};
const job = {
  story: {
    ...story,
    body: "It touches `src/larger.js`.",
    criteria: [{ number: 1, text: "Given 2 and 7, the answer is 7, as test/named-larger.test.js says." }],
  },
  task: { ...task, title: "Write larger in src/larger.js", description: "It returns the larger number", covers: [1] },
};
const small = { a: 135_000_000, b: 135_000_000, c: 135_000_000 };
const block = (text: string, info = "js"): string => `\`\`\`${info}\n${text}\n\`\`\``;
const right = "export function larger(a, b) {\n  return a + b;\n}";

/** One council of three small models, or of those in `parameters`; the old tests of `a-council.ts` are its yardstick. */
const council = (script: Readonly<Record<string, Script | string>>, parameters: Record<string, number> = small) =>
  run(script, { commits: { base: files }, job, parameters });

describe("how a member drafts", () => {
  const able = { contextLength: 32_768, jsonSchema: true };
  it.each([
    [{ ...able, parameters: 135_000_000 }, "by-example"],
    [{ ...able, parameters: 7_000_000_000 }, "loop"],
    [{ ...able, parameters: null }, "loop"],
    [{ contextLength: 8_192, jsonSchema: true, parameters: 1_000_000_000 }, "one-shot"],
    [{ contextLength: null, jsonSchema: null, parameters: 999_999_999 }, "by-example"],
  ] as const)("%j: %s", (facts, mode) => expect(draftingModeOf(facts)).toBe(mode));
});

describe("the request to a small model", () => {
  it("holds no hidden text and no secret, and knows the last rejection", async () => {
    const feedback = ["Old.", "Take <!-- hidden --> the larger one"];
    const title = "Write larger with ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    const own = await jobOf({ ...job, task: { ...job.task, title, feedback } });
    const language = exampleLanguage("a.js") ?? expect.fail();
    const [, , , last] = await examplePrompt(
      own,
      language,
      { path: "a.js", text: stub, name: "larger" },
      await realPrompting(),
    );
    expect(last?.content).toContain("Take the larger one.");
    expect(last?.content).not.toMatch(/hidden|Old|ghp_a/);
  });

  it.each(["style.css", "Main.java", "README"])("is not made for %s", (path) =>
    expect(exampleLanguage(path)).toBeNull(),
  );
});

describe("the function that is asked for", () => {
  const outline = (...names: readonly string[]) => names.map((name) => ({ name, from: 1, to: 1, text: "" }));
  it.each([
    [["Whatever"], outline("larger"), "larger"],
    [["Write larger", "and smaller"], outline("larger", "smaller"), "larger"],
    [["Mend it", "larger(1, 2) is 2"], outline("larger", "smaller"), "larger"],
    [["Write larger and smaller"], outline("larger", "smaller"), null],
    [["Write larger"], outline("Pair.larger", "Pair"), "Pair.larger"],
    [["Enlarger"], outline("larger", "smaller"), null],
    [["Write larger"], [], null],
    [["Write larger"], null, null],
  ])("%j in %j: %s", (texts, found, name) => expect(functionOf(texts, found)).toBe(name));
});

describe("an answer's block", () => {
  it.each([
    [block("a\nb"), "a\nb"],
    [`Sure!\n\n${block("a", "javascript")}\nThat is it.\n${block("c")}`, "a"],
    ["````\n```\n````", "```"],
    ["```js\na", null],
    ["a", null],
    ["", null],
  ])("%j: %j", (answer, text) => expect(firstBlock(answer)).toBe(text));
});

describe("a council of small models", () => {
  it("is recorded with the version of its prompt", async () => {
    const ended = await council({ a: block(right), b: block(right), c: block(right) });
    expect(ended.implementation().statistics.prompts).toEqual({ example: promptVersion("example") });
  });

  it("writes the named function after an example; the right one wins by its tests, nobody is asked for more", async () => {
    const ended = await council({
      a: block("function larger(a, b) {\n  return a;\n}"),
      b: `Here it is:\n${block("import fs from 'fs';\nfunction larger(a, b) {\n  return a + b;\n}\nconsole.log(larger(1, 2));")}`,
      c: block(right.replace("a + b", "b")),
    });
    expect(losses(ended)).toEqual({ c1: "acceptance", c2: null, c3: "acceptance" });
    const [winner] = ended.implementation().candidates;
    expect(winner?.checks.find(({ name }) => name === "regressions")).toMatchObject({
      status: "skipped",
      summary: "There are no tests but the acceptance tests.",
    });
    const [change] = winner?.changes ?? [];
    expect(change?.path).toBe("src/larger.js");
    expect(Buffer.from(change?.content ?? "", "base64").toString()).toBe(`${right}\n`);
    expect(ended.asked).toHaveLength(3);
    expect(ended.statuses()).toEqual(["drafting", "checking", "selecting"]);
  });

  it("is shown of a file with others only the function that it is to write", async () => {
    const more = { ...files, "src/larger.js": `${stub}\nexport function smaller(a, b) {\n  return a;\n}\n` };
    const ended = await run(
      { a: block(right), b: block(right), c: block(right) },
      { commits: { base: more }, job, parameters: small },
    );
    expect(ended.asked.every(({ text }) => text.includes("function larger") && !text.includes("smaller"))).toBe(true);
    const change = ended.implementation().candidates[0]?.changes[0];
    expect(Buffer.from(change?.content ?? "", "base64").toString()).toMatch(/return a \+ b[\s\S]*function smaller/);
  });

  it("that all fail says so at once", async () => {
    const wrong = block(right.replace("a + b", "a"));
    const ended = await council({ a: wrong, b: wrong, c: wrong });
    expect(ended.implementation()).toMatchObject({ winner: null, critiques: [], votes: [] });
    expect(ended.statuses()).toEqual(["drafting", "checking", "selecting"]);
    expect(ended.asked).toHaveLength(3);
  });

  it.each([
    ["no block", "I would return the larger of both.", "There is no closed fenced block in the answer."],
    ["a block that is not closed", "```js\nfunction larger(a, b) {", "There is no closed fenced block in the answer."],
    ["another function", block("function smaller() {}"), "The block does not hold the function larger."],
    ["what is no code", block("%%% {{{"), "The block does not hold the function larger."],
    ["an empty block", block(""), "The block does not hold the function larger."],
    ["100 KB", "x".repeat(600_000), expect.stringContaining("The answer")],
  ])("asks once more after %s", async (_, answer, why) => {
    const mended: Script = ({ turns }) => (turns === 2 ? answer : block(right));
    const ended = await council({ a: mended, b: answer, c: answer });
    expect(losses(ended)).toEqual({ c1: null, c2: "applies", c3: "applies" });
    expect(ended.asked).toHaveLength(6);
    const lost = ended.implementation().candidates.find(({ id }) => id === "c2");
    expect(lost?.checks.find(({ name }) => name === "applies")?.summary).toEqual(why);
  });

  it("leaves tests, critique, revision and judging to members with larger models", async () => {
    const useless = block(right.replace("a + b", "a"));
    const ended = await council(
      { a: useless, b: useless, c: `src/larger.js\n${useless}`, critique: '{"findings":[]}' },
      { a: 135_000_000, b: 135_000_000, c: 7_000_000_000 },
    );
    const more = ended.asked.filter(({ purpose }) => !["retry", "draft"].includes(purpose));
    expect(more.length).toBeGreaterThan(0);
    expect(new Set(more.map(({ model }) => model))).toEqual(new Set(["c"]));
  });

  it("is shown no file whose name could be read as something else", async () => {
    const odd = { base: { ...files, "src/larger.js": "", "src/x\nDELETE test\n.js": stub } };
    const ended = await run({ a: good, b: good, c: good }, { commits: odd, job, parameters: small });
    expect(ended.asked.some(({ text }) => text.includes("\nDELETE test\n.js\n```"))).toBe(false);
  });

  it("answers the usual request where no file can be shown by example", async () => {
    const other = { base: { "style.css": "a {}\n", "test/sum.test.js": "test\n", "package.json": "{}" } };
    const ended = await run({ a: good, b: good, c: good }, { commits: other, parameters: small });
    expect(ended.asked.some(({ purpose }) => purpose === "draft")).toBe(true);
    expect(ended.implementation().acceptance.map(({ reason }) => reason)).toContain(
      "No member's model is large enough to write a test.",
    );
  });
});
