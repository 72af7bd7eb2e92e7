import { expect, it } from "vitest";
import { diffLines } from "../../../../src/deliberation/domain/critique/diff-lines.ts";
import {
  keptReplacement,
  mostLines,
  type Proposed,
  replacementSchema,
} from "../../../../src/deliberation/domain/critique/replacement.ts";

const change = (path: string, hunks: string) =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks}`;
const diff = diffLines(
  change("src/a.js", "@@ -1,3 +1,4 @@\n first\n-old\n+new\n+more  \n last\n@@ -20,1 +21,2 @@\n far\n+away\n") +
    change("src/long.js", `@@ -1,1 +1,31 @@\n top\n${"+x\n".repeat(30)}`),
);
const keep = (proposed: Partial<Proposed>) =>
  keptReplacement({ path: "src/a.js", line: 2, lastLine: null, lines: ["newer"], ...proposed }, diff);

it.each<[string, Partial<Proposed>, object]>([
  ["of an added line", {}, { from: 2, to: 2, text: "newer" }],
  ["of a line beside the change", { line: 1 }, { from: 1, to: 1, text: "newer" }],
  ["of several lines", { line: 2, lastLine: 4 }, { from: 2, to: 4, text: "newer" }],
  [
    "by several lines, their indentation kept",
    { lines: ["  if (a) {", "    b();", "  }"] },
    { text: "  if (a) {\n    b();\n  }" },
  ],
  ["whose line holds line ends", { lines: ["a\r\nb  ", ""] }, { text: "a\nb" }],
  ["with fences in it, which the presenter outgrows", { lines: ["```", "~~~~"] }, { text: "```\n~~~~" }],
  ["as long as may be", { lines: Array(mostLines).fill("y") }, { from: 2, to: 2 }],
])("a replacement %s is kept", (_, proposed, kept) => {
  const found = keep(proposed);
  expect(found).toMatchObject({ path: "src/a.js", ...kept });
  expect(replacementSchema.safeParse(found).success).toBe(true);
});

it.each<[string, Partial<Proposed>]>([
  ["that there is none of", { lines: null }],
  ["by nothing", { lines: [] }],
  ["by blank lines", { lines: ["", "  "] }],
  ["of a line outside of the diff", { line: 5 }],
  ["of lines between which the diff has a gap", { line: 4, lastLine: 21 }],
  ["that ends outside of the diff", { line: 21, lastLine: 23 }],
  ["of a file that was not changed", { path: "src/b.js" }],
  ["that ends before it begins", { line: 3, lastLine: 2 }],
  ["of more lines than may be", { path: "src/long.js", line: 1, lastLine: mostLines + 1 }],
  ["by more lines than may be", { lines: Array(mostLines + 1).fill("y") }],
  ["by more characters than may be", { lines: ["y".repeat(2_001)] }],
  ["by the same line", { lines: ["new"] }],
  ["by the same lines but for blanks at their ends", { line: 2, lastLine: 3, lines: ["new ", "more", ""] }],
])("a replacement %s is not kept", (_, proposed) => {
  expect(keep(proposed)).toBeNull();
});
