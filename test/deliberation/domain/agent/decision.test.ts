import { describe, expect, it } from "vitest";
import {
  aboutOfDecision,
  agentActionSchema,
  agentActions,
  agentAnswerSchema,
  readDecision,
} from "../../../../src/deliberation/domain/agent/decision.ts";

const decide = (answer: object) => readDecision(agentAnswerSchema.parse(answer));

describe("readDecision", () => {
  it("knows the actions that models are told", () => {
    expect(agentActionSchema.options).toEqual(Object.keys(agentActions));
  });

  it.each([
    [{ action: "list" }, { action: "list", path: null }, ""],
    [{ action: "list", path: "./src/" }, { action: "list", path: "src" }, "src"],
    [{ action: "list", path: "/" }, { action: "list", path: null }, ""],
    [{ action: "list", path: "." }, { action: "list", path: null }, ""],
    [{ action: "read", path: " src/a.js " }, { action: "read", path: "src/a.js", from: 1, to: null }, "src/a.js:1"],
    [{ action: "read", path: "a.js", from: 5, to: 9 }, { action: "read", path: "a.js", from: 5, to: 9 }, "a.js:5–9"],
    [{ action: "read", path: "a.js", from: 0, to: 0 }, { action: "read", path: "a.js", from: 1, to: null }, "a.js:1"],
    [{ action: "search", text: "x(" }, { action: "search", text: "x(", path: null }, '"x("'],
    [{ action: "search", text: "x", path: "src" }, { action: "search", text: "x", path: "src" }, '"x" in src'],
    [{ action: "outline", path: "a.js" }, { action: "outline", path: "a.js" }, "a.js"],
    [{ action: "edit", path: "a.js", text: "no" }, { action: "edit" }, ""],
    [{ action: "check" }, { action: "check", path: null }, ""],
    [{ action: "finish", text: null }, { action: "finish", text: "" }, ""],
    [{ action: "ask", text: "Which?" }, { action: "ask", text: "Which?" }, "Which?"],
  ])("reads %j", (answer, decision, about) => {
    const read = decide(answer);
    expect(read).toEqual(decision);
    expect("problem" in read ? null : aboutOfDecision(read)).toBe(about);
  });

  it.each([
    [{ action: "read" }, '"read" needs a "path": that of a file.'],
    [{ action: "outline", path: "./" }, '"outline" needs a "path": that of a file.'],
    [{ action: "read", path: "a", from: 9, to: 2 }, '"to" (2) lies before "from" (9).'],
    [{ action: "search", text: " " }, '"search" needs a "text": what the lines must hold.'],
    [{ action: "ask" }, '"ask" needs a "text": the question.'],
  ])("says what %j lacks", (answer, problem) => {
    expect(decide(answer)).toEqual({ problem });
  });

  it.each([
    { action: "run" },
    { action: "read", path: "a", from: 1.5 },
    { why: "?" },
    { action: "list", path: "x".repeat(1_001) },
  ])("takes %j for no decision", (answer) => {
    expect(agentAnswerSchema.safeParse(answer).success).toBe(false);
  });
});
