import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdit } from "../../../../src/execution/domain/edit-format/apply-edit.ts";

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => `${line(at)}\n`).join("");

describe("a SEARCH text against a big file", () => {
  it.each([
    ["of lines that are all alike", many(150_000, () => ""), `${many(3_000, () => "")}x\n`],
    [
      "of other lines",
      many(30_000, (at) => `const value${at} = ${at};`),
      many(3_000, (at) => `let other${at} = ${at * 7};`),
    ],
    ["of nearly the same lines", many(20_000, (at) => `row ${at % 50}`), many(4_000, (at) => `row ${(at * 3) % 53}`)],
    ["of one line", "ab".repeat(400_000), `${"ab".repeat(4_000)}c\n`],
  ])("%s is answered", (_, content, search) => {
    const result = applyEdit(content, search, "y\n");
    expect(result).toMatchObject({ applied: false, failure: { reason: "not-found" } });
  });
});

describe("applyEdit", () => {
  it("changes nothing outside of one place, however the search differs in white space", () => {
    const word = fc.constantFrom("a", "b", "if (c) {", "}", "", "d = 1");
    const indent = fc.constantFrom("", "  ", "    ", "\t");
    const line = fc.tuple(indent, word).map(([space, text]) => (text === "" ? "" : space + text));
    const end = fc.constantFrom("\n", "\r\n");
    const at = fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 10 }),
        end,
        at,
        fc.array(line),
        indent,
        (file, mark, [first, height], wished, moved) => {
          const content = file.map((text) => text + mark).join("");
          const search = file
            .slice(first, first + height)
            .map((text) => `${moved}${text.trim()}  \n`)
            .join("");
          const result = applyEdit(content, search, wished.map((text) => `${text}\n`).join(""));
          if (!result.applied) return;
          // Some place of as many lines was replaced: all before and all after stands as it stood.
          const after = result.content.split(mark);
          const fits = file.some((_, start) => {
            const tail = file
              .slice(start + height)
              .map((text) => text + mark)
              .join("");
            const head = file
              .slice(0, start)
              .map((text) => text + mark)
              .join("");
            return result.content.startsWith(head) && result.content.endsWith(tail);
          });
          expect(fits).toBe(true);
          expect(after.join("")).not.toMatch(mark === "\n" ? /\r/ : /\n/);
        },
      ),
    );
  });
});
