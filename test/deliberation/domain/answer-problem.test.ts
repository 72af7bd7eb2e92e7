import { expect, it } from "vitest";
import { answerProblem } from "../../../src/deliberation/domain/answer-problem.ts";

it.each([
  ["a long answer", "word ".repeat(30_000), "too long"],
  ["a long line", "x".repeat(20_000), "A line"],
  [
    "an answer with bytes that are no text",
    `src/a.js\n\`\`\`js\nconst a = "${Buffer.from([0xe9]).toString()}";\n\`\`\`\n`,
    "no UTF-8 text",
  ],
  ["nested quotes", ">".repeat(2_000), "same characters"],
  ["a line in a loop", "<<<<<<< SEARCH\n".repeat(600), "repeats one line 600 times"],
])("%s is not read", (_, text, problem) => expect(answerProblem(text)).toContain(problem));

it.each(["", "src/a.js\n```js\nconst a = 1;\n```", "=".repeat(80), "}\n".repeat(100), " ".repeat(2_000)])(
  "%j is read",
  (text) => expect(answerProblem(text)).toBeNull(),
);
