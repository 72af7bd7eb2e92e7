import { describe, expect, test } from "vitest";
import { namesLabel, withLabelNames } from "../../../src/github/present/label-names.ts";
import { labelSet } from "../../../src/github/present/label-set.ts";

const names = new Map(labelSet.map(({ name }) => [name, name]));
names.set("story/draft", "✏️ writing").set("fleet:story", "Geschichte").set("story/done", "a`b|@org/all");

describe("labels in a text", () => {
  test.each([
    ["Set the label `story/draft`, or `story/planned`.", "Set the label `✏️ writing`, or `story/planned`."],
    ["Labels that lead on: story/draft, story/planned.", "Labels that lead on: `✏️ writing`, story/planned."],
    ["Add the label fleet:story.", "Add the label `Geschichte`."],
    ["`label story/draft` was not done", "`label ✏️ writing` was not done"],
    ["See docs/story/draft.md and story/draft-2, my-story/draft.", null],
    ["| `/assign council\\|@login` |", null],
    ["```\nstory/draf\n```", null],
    ["Now it is story/done", "Now it is `a'b'@org/all`"],
  ])("%s", (text, named) => {
    expect(withLabelNames(text, names)).toBe(named ?? text);
  });

  test("stay as they are where nobody renamed any, or it is not known", () => {
    const same = new Map(labelSet.map(({ name }) => [name, name]));
    const text = "Set the label `story/draft`.";
    expect([withLabelNames(text, same), withLabelNames(text, undefined)]).toEqual([text, text]);
  });

  test("are found, so that their names are read only where they matter", () => {
    expect(["Use `story/draft`.", "fleet:overdue", "task/todo."].map(namesLabel)).toEqual([true, true, true]);
    expect(["Use /help.", "src/story/draft.ts", "a story"].map(namesLabel)).toEqual([false, false, false]);
  });
});
