import { expect, it } from "vitest";
import { parseTask } from "../../src/cli/parse-task.ts";

it("reads a task and a story", () => {
  expect(parseTask("acme/shop#12/1")).toEqual({ repository: "acme/shop", issue: 12, task: 1 });
  expect(parseTask("acme/shop#12")).toEqual({ repository: "acme/shop", issue: 12, task: undefined });
  expect(parseTask("100-12")).toEqual({ repository: 100, issue: 12, task: undefined });
});

it.each([
  "",
  "12",
  "shop#12",
  "acme/shop",
  "acme/shop#0",
  "acme/shop#12/-1",
  "acme/shop#12/x",
  `acme/shop#${"9".repeat(20)}`,
])("says of %j what was expected", (named) => {
  expect(() => parseTask(named)).toThrow(`${named} is no task: must be one as owner/name#12/1`);
});
