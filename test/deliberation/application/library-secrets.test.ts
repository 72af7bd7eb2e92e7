import { describe, expect, it } from "vitest";
import { base, edit, good, run, type Script } from "../a-council.ts";
import { story } from "../council-of.ts";

/** The library knows it, our own rules do not. Put together here, so that nobody takes this file for a leak. */
const token = ["shpat", "0123456789abcdef".repeat(2)].join("_");
const struck = "[redacted: shopify]";

const turn = (action: string, more: object = {}): string =>
  JSON.stringify({ why: "I want to.", action, path: null, from: null, to: null, text: null, ...more });
const sum = (code: string): string => edit(`export const sum = (a, b) => ${code}; // ${token}`);

describe("a secret that only the library knows is taken out of", () => {
  it("what an agent reads and says, also where it reads a part of it", async () => {
    const key = ["-----BEGIN PRIVATE", " KEY-----\nbm90IGEga2V5\n-----END PRIVATE", " KEY-----\n"].join("");
    // With a character in it that nobody sees, and a model does.
    const apart = `${token.slice(0, 20)}\u200b${token.slice(20)}`;
    const said = [
      turn("read", { path: "src/shop.js", why: `I saw ${token}.` }),
      turn("search", { text: "shop =" }),
      turn("read", { path: "key.pem", from: 2, to: 2 }),
      turn("ask", { text: "What now?" }),
    ];
    const script: Script = ({ turns }) => said[turns - 1] ?? "";
    const files = { ...base, "src/shop.js": `export const shop = "${apart}"; // ${token}\n`, "key.pem": key };
    const ended = await run({ a: script }, { contexts: { a: 32_768 }, commits: { base: files } });
    const end = ended.end();
    const steps = end?.kind === "failed" ? end.agents?.[0]?.steps : undefined;
    expect(steps?.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "read done",
      "search done",
      "read done",
      "ask done",
    ]);
    expect(steps?.[0]?.result).toContain(struck);
    expect(steps?.[1]?.result).toContain(struck);
    const shown = steps?.map(({ why, result }) => why + result).join("\n") ?? "";
    expect(shown).not.toMatch(new RegExp(`${token}|bm90`));
    expect(shown.replaceAll("\u200b", "")).not.toContain(token);
  });

  it("the prompts of a critique, and of a judge with its reason", async () => {
    const critique = JSON.stringify({ findings: [{ problem: `It shows ${token}.`, file: "src/sum.js", line: 1 }] });
    const criticised = await run({ a: sum("a * b"), b: sum("b - a"), c: sum("a / b"), critique });
    const judged = await run({
      a: sum("a + b"),
      b: sum("a * b"),
      c: good,
      judgement: `{"better":"A","reason":"${token}"}`,
    });
    for (const [purpose, { asked, ...ended }] of Object.entries({ critique: criticised, judgement: judged })) {
      const prompts = asked.filter((prompt) => prompt.purpose === purpose).map(({ text }) => text);
      expect(prompts.length).toBeGreaterThan(1);
      for (const text of prompts) expect(text.includes(struck)).toBe(true);
      for (const text of prompts) expect(text).not.toContain(token);
      const { critiques, votes } = ended.implementation();
      expect(JSON.stringify({ critiques, votes })).toContain(struck);
      expect(JSON.stringify({ critiques, votes })).not.toContain(token);
    }
  });

  it("titles, criteria and names of files", async () => {
    const job = { story: { ...story, title: `Use ${token}`, criteria: [{ number: 1, text: `Given ${token}` }] } };
    const { asked } = await run({ a: good, b: good, c: good }, { job, commits: { base: { ...base, [token]: "x\n" } } });
    expect(asked.map(({ purpose }) => purpose)).toContain("acceptance test");
    for (const { text } of asked) {
      expect(text).toContain(`Story #12: Use ${struck}`);
      expect(text).toContain(`package.json\n${struck}\nsrc/sum.js`);
      expect(text).not.toContain(token);
    }
  });
});

it("a test that is shown for its style is cut when it holds no secret any more: half of one is left of none", async () => {
  // The example ends, where it is cut, in the middle of the token.
  const example = `${"// x\n".repeat(798)}// ${token}\n`;
  const { asked } = await run(
    { a: good, b: good, c: good },
    { commits: { base: { ...base, "test/sum.test.js": example } } },
  );
  const prompts = asked.filter(({ purpose }) => purpose === "acceptance test").map(({ text }) => text);
  expect(prompts).toHaveLength(3);
  for (const text of prompts) {
    expect(text).toContain("A test of this repository, for the style:\n\ntest/sum.test.js\n");
    expect(text).not.toContain("shpat");
  }
});
