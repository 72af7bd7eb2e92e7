import { expect, test } from "vitest";
import { labelSet } from "../../../src/github/present/label-set.ts";
import { canonicalName, readLabel } from "../../../src/github/present/read-label.ts";

test.each([
  ["story/draft", { kind: "story-state", state: "draft" }],
  ["Story/Draft", { kind: "story-state", state: "draft" }],
  [" STORY / draft ", { kind: "story-state", state: "draft" }],
  ["Fleet:Story", { kind: "story" }],
  ["fleet:task", { kind: "task" }],
  ["task/qa-testing", { kind: "task-state", state: "qa-testing" }],
  ["story/foo", { kind: "no-state", family: "story", name: "story/foo" }],
  ["task/", { kind: "no-state", family: "task", name: "task/" }],
  ["story/qa-testing", { kind: "no-state", family: "story", name: "story/qa-testing" }],
  ["story-points", null],
  ["history/draft", null],
  ["bug", null],
] as const)("the label %s means %o", (name, meaning) => {
  expect(readLabel({ name })).toEqual(meaning);
});

test("every label of ours is known again by its description, whatever people call it", () => {
  for (const { name, description } of labelSet) {
    expect(canonicalName({ name: "Wartet auf dich", description })).toBe(name);
    expect(description.length).toBeLessThanOrEqual(100);
  }
});

test("a name of ours counts more than a description, and a foreign mark counts nothing", () => {
  expect(canonicalName({ name: "story/done", description: "x [story/draft]" })).toBe("story/done");
  expect(canonicalName({ name: "later", description: "see [story/never]" })).toBe("later");
});
