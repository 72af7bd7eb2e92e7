import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { expect, test } from "vitest";
import { inlineFinding, listedFinding } from "../../../src/github/present/finding.ts";

const place = { path: "src/a.js", line: 2 };

test("a finding has its suggestion below it, in a fence that nothing in it closes", () => {
  expect(inlineFinding({ text: "Say **it**.", place, replacement: "a\n```\n```suggestion\n  b" })).toBe(
    "Say **it**.\n\n````suggestion\na\n```\n```suggestion\n  b\n````",
  );
  expect(listedFinding({ text: "Say it.", place, replacement: "a" })).toBe("- `src/a.js:2` Say it.");
});

test("whatever the lines say, the comment is one paragraph and one suggestion of exactly these lines", () => {
  const piece = fc.oneof(fc.constantFrom("```", "`", "~~~~", "\n", "    ", "</details>", "suggestion"), fc.string());
  const lines = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join("").replace(/\s+$/, ""));
  const plain = lines.filter((text) => text !== "" && !/[\r\0]/.test(text));
  fc.assert(
    fc.property(plain, (replacement) => {
      const [, block, ...more] = fromMarkdown(inlineFinding({ text: "Say it.", place, replacement })).children;
      expect(more).toEqual([]);
      expect(block).toMatchObject({ type: "code", lang: "suggestion", value: replacement });
    }),
  );
});
