import { expect, it } from "vitest";
import { rewordingsOf } from "../../../../src/cli/bench/selection/reword.ts";

it("another name for a local variable, in templates too, and not for a property", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a candidate
  const source = "const sum = a + b;\nreturn `${sum} sum ${a.sum}`;";
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a candidate
  expect(rewordingsOf(source, "javascript")).toEqual(["const item = a + b;\nreturn `${item} sum ${a.sum}`;"]);
});

it("a name that is used already is not taken", () => {
  expect(rewordingsOf("\titem := 1\n\treturn item", "go")).toEqual(["\tfound := 1\n\treturn found"]);
});

it("each local variable gives one text", () => {
  expect(rewordingsOf("    total = 0\n    for each in all:\n        total += each\n", "python")).toEqual([
    "    item = 0\n    for each in all:\n        item += each\n",
    "    total = 0\n    for found in all:\n        total += found\n",
  ]);
});

it("without a local variable there is nothing to reword", () => {
  expect(rewordingsOf("return a + b;", "javascript")).toEqual([]);
});
