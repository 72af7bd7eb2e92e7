import { describe, expect, it } from "vitest";
import { applyEdits, editFeedback } from "../../../src/execution/application/apply-edits.ts";
import { findDefinitions } from "../../../src/wiring/find-definitions.ts";
import { inMemory } from "../memory-files.ts";

describe("applyEdits", () => {
  it("applies edits in their order, each on the result of the one before", async () => {
    const files = new Map([
      ["a.js", "one\r\ntwo\r\n"],
      ["old.js", "x\n"],
      ["gone.js", ""],
    ]);
    const outcomes = await applyEdits(
      inMemory(files),
      [
        { kind: "replace", path: "a.js", search: "one\n", replace: "three\n" },
        { kind: "replace", path: "a.js", search: "three\n", replace: "four\n" },
        { kind: "write", path: "new.js", content: "new\n" },
        { kind: "replace", path: "made.js", search: "", replace: "made\n" },
        { kind: "rename", path: "old.js", to: "lib/old.js" },
        { kind: "delete", path: "gone.js" },
        { kind: "write", path: "lib/old.js", content: "y\n" },
      ],
      findDefinitions,
    );
    expect(outcomes.every(({ applied }) => applied)).toBe(true);
    expect(editFeedback(outcomes)).toBe("");
    expect(Object.fromEntries(files)).toEqual({
      "a.js": "four\r\ntwo\r\n",
      "new.js": "new\n",
      "made.js": "made\n",
      "lib/old.js": "y\n",
    });
  });

  it("says for each edit why it does not apply, and goes on", async () => {
    const files = new Map([["a.js", "const a = 1;\nconst b = 2;\n"]]);
    const outcomes = await applyEdits(
      inMemory(files),
      [
        { kind: "replace", path: "a.js", search: "const a = 2;\n", replace: "x\n" },
        { kind: "replace", path: "absent.js", search: "a\n", replace: "x\n" },
        { kind: "replace", path: "link", search: "a\n", replace: "x\n" },
        { kind: "write", path: "link", content: "x\n" },
        { kind: "write", path: "../x", content: "x\n" },
        { kind: "delete", path: "absent.js" },
        { kind: "replace", path: "a.js", search: "const b = 2;\n", replace: "const b = 3;\n" },
      ],
      findDefinitions,
    );
    expect(outcomes.map((outcome) => (outcome.applied ? "applied" : outcome.failure.reason))).toEqual([
      "not-found",
      "no-such-file",
      "not-text",
      "not-text",
      "refused",
      "refused",
      "applied",
    ]);
    expect(files.get("a.js")).toBe("const a = 1;\nconst b = 3;\n");
    expect(editFeedback(outcomes)).toMatchSnapshot();
  });
});
