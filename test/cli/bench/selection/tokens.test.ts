import { describe, expect, it } from "vitest";
import { readTasks } from "../../../../src/cli/bench/selection/read-tasks.ts";
import { normalised, tokensOf } from "../../../../src/cli/bench/selection/tokens.ts";

describe("tokens", () => {
  it.each(["javascript", "python", "go"] as const)("of every task in %s are its source again", async (language) => {
    for (const { solution } of await readTasks(language)) {
      const tokens = tokensOf(solution, language);
      expect(tokens.map(({ text }) => text).join("")).toBe(solution);
    }
  });

  it("know strings, comments and long signs", () => {
    const kinds = tokensOf('if (a >= 1.5) b = "a // b"; // no', "javascript").filter(({ kind }) => kind !== "blank");
    expect(kinds.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      ...["word if", "sign (", "word a", "sign >=", "number 1.5", "sign )", "word b", "sign ="],
      ...['string "a // b"', "sign ;", "comment // no"],
    ]);
  });

  it("read // as a division in Python", () => {
    expect(tokensOf("a//2 # half", "python").map(({ text }) => text)).toEqual(["a", "//", "2", " ", "# half"]);
  });
});

it("texts that differ in blanks and comments only are the same answer", () => {
  expect(normalised("return  a+b // sum\n", "go")).toBe(normalised("return a + b", "go"));
  expect(normalised("a + b", "go")).not.toBe(normalised("a - b", "go"));
});
