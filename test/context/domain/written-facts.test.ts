import { expect, test } from "vitest";
import { writtenBlock } from "../../../src/context/domain/written-block.ts";
import { emptyFacts, writeBlock } from "../../../src/context/domain/written-facts.ts";

test("a check that failed names what it ran on: a candidate, or a commit; where nobody kept it, the task", () => {
  const story = { id: "7-12", number: 12, title: "Limit", body: "", criteria: [] };
  const check = { name: "lint", tests: [], why: "unused x" };
  const facts = {
    ...emptyFacts,
    story,
    task: {
      id: "7-12-p1-t1",
      number: 1,
      title: "Do it",
      description: "",
      state: "implementing",
      dependsOn: [],
      covers: [],
    },
    failingChecks: [
      { ...check, by: "council" as const, of: "7-12-p1-t1-r1-c2" },
      { ...check, by: "github" as const, of: "a".repeat(40) },
      { ...check, by: "github" as const },
    ],
  };
  const written = writeBlock("failing-checks", "all", facts, { paths: new Set() });
  const block = written && writtenBlock("failing-checks", written, (text) => text.length);
  expect(block?.pieces.map(({ node, commit }) => [node, commit])).toEqual([
    ["7-12-p1-t1-r1-c2", null],
    ["7-12-p1-t1", "a".repeat(40)],
    ["7-12-p1-t1", null],
  ]);
});
