import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdit, applyWhole } from "../../../../src/execution/domain/edit-format/apply-edit.ts";

describe("applyEdit", () => {
  it.each([
    ["an exact place", "a\nb\nc\n", "b\n", "x\ny\n", "a\nx\ny\nc\n"],
    ["a removal", "a\nb\nc\n", "b\n", "", "a\nc\n"],
    ["Windows line ends", "a\r\nb\r\nc\r\n", "b\n", "x\ny\n", "a\r\nx\r\ny\r\nc\r\n"],
    ["mixed line ends", "a\r\nb\nc\r\n", "b\n", "x\n", "a\r\nx\nc\r\n"],
    ["a byte order mark", "\uFEFFa\nb\n", "a\n", "x\n", "\uFEFFx\nb\n"],
    ["a last line without a newline", "a\nb", "b\n", "x\ny\n", "a\nx\ny"],
    ["a removal at the end of a file without a last newline", "a\nb", "b\n", "", "a"],
    ["empty lines around the search that the file has not", "a\nb\nc\n", "\nb\n\n", "\nx\n\n", "a\nx\nc\n"],
    ["empty lines around the search alone", "a\n  b\nc\n", "\nb\n", "x\n", "a\n  x\nc\n"],
    ["an empty line that only the replacement adds", "a\nb\n", "b\n\n", "x\n\n\n", "a\nx\n\n"],
    ["a part of one line", "let total = 1 + 2;\n", "1 + 2", "3", "let total = 3;\n"],
    ["trailing white space", "a  \nb\t\n", "a\nb\n", "x\n", "x\n"],
    [
      "another indentation",
      "  if (a) {\n    b();\n  }\n",
      "if (a) {\n  b();\n}\n",
      "if (c) {\n  d();\n    e();\n}\n",
      "  if (c) {\n    d();\n      e();\n  }\n",
    ],
    [
      "tabs for spaces",
      "\tif (a) {\n\t\tb();\n\t}\n",
      "  if (a) {\n    b();\n  }\n",
      "  if (c) {\n    b();\n  }\n",
      "\tif (c) {\n\t\tb();\n\t}\n",
    ],
    ["less indentation than the search", "    a();\n", "  a();\n", "b();\n", "  b();\n"],
    ["a replacement left of the search", "      a();\n", "    a();\n", "  b();\nc();\n", "    b();\n  c();\n"],
    ["an empty line within", "  a();\n\n  b();\n", "a();\n\nb();\n", "c();\n\nd();\n", "  c();\n\n  d();\n"],
    ["inner white space", "f(a,  b)\n", "f(a, b)\n", "g()\n", "g()\n"],
  ])("applies at %s", (_, content, search, replace, expected) => {
    expect(applyEdit(content, search, replace)).toMatchObject({ applied: true, content: expected });
  });

  it("prefers the exact place to one that differs in white space", () => {
    expect(applyEdit("  a\na\n", "a\n", "b\n")).toMatchObject({ applied: true, match: "exact", content: "  a\nb\n" });
  });

  it.each([
    ["twice exactly", "a\nb\na\n", "a\n", /2 times.*lines 1, 3/],
    ["twice but for white space", "  a()\nb\n\ta()\n", "a()\n", /2 times/],
    ["twice within a line, one over the other", "f(aaa);\n", "aa", /2 times/],
    ["twice but for empty lines around it", "a\nb\na\n", "\na\n\n", /2 times/],
    ["twice within a line", "x(1, 1);\n", "1", /2 times/],
  ])("refuses what stands %s", (_, content, search, message) => {
    const result = applyEdit(content, search, "z\n");
    expect(result).toMatchObject({ applied: false, failure: { reason: "ambiguous" } });
    expect(result.applied ? "" : result.failure.message).toMatch(message);
  });

  it("shows the nearest lines when nothing fits", () => {
    const content = "function add(a, b) {\n  return a + b;\n}\n\nfunction sub(a, b) {\n  return a - b;\n}\n";
    const result = applyEdit(content, "function sub(a, c) {\n  return a - c;\n}\n", "x\n");
    expect(result).toMatchObject({ applied: false, failure: { reason: "not-found", nearest: { line: 5 } } });
    expect(result.applied ? "" : result.failure.nearest?.difference).toContain("+   return a - b;");
    expect(result.applied ? "" : result.failure.nearest?.difference).toContain("-   return a - c;");
  });

  it("finds the nearest line when no line is equal, and none in an unlike file", () => {
    expect(applyEdit("one\nconst total = sum(items);\n", "const total = sum(item);\nx\n", "y\n")).toMatchObject({
      failure: { nearest: { line: 1 } },
    });
    expect(applyEdit("zzzzzzzzzzzz\n", "const total = sum(item);\n", "y\n")).toMatchObject({
      failure: { nearest: null },
    });
    expect(applyEdit("", "a\n", "y\n")).toMatchObject({ failure: { reason: "not-found", nearest: null } });
  });

  it.each([
    ["an empty search", "a\n", "\n", "b\n"],
    ["search and replace alike", "a\n", "a\n", "a\n"],
    ["an edit that is already there", "b\n", "a\n", "b\n"],
  ])("says that there is nothing to do for %s", (_, content, search, replace) => {
    expect(applyEdit(content, search, replace)).toMatchObject({ applied: false, failure: { reason: "nothing-to-do" } });
  });

  it("changes nothing outside the lines that it found", () => {
    const line = fc.stringMatching(/^[a-c ]{0,6}$/);
    const end = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, end), { maxLength: 12 }),
        fc.nat(11),
        fc.array(line, { maxLength: 3 }),
        (file, at, wished) => {
          const content = file.map(([text, mark]) => text + mark).join("");
          const target = file[at];
          if (target === undefined) return;
          const result = applyEdit(content, `${target[0]}\n`, wished.map((text) => `${text}\n`).join(""));
          if (!result.applied || file.filter(([text]) => text === target[0]).length !== 1) return;
          const before = file
            .slice(0, at)
            .map(([text, mark]) => text + mark)
            .join("");
          const after = file
            .slice(at + 1)
            .map(([text, mark]) => text + mark)
            .join("");
          expect(result.content.startsWith(before)).toBe(true);
          expect(result.content.endsWith(after)).toBe(true);
          expect(result.content.slice(before.length, result.content.length - after.length).split(/\r?\n/)).toEqual(
            wished.length === 0 ? [""] : [...wished, ""],
          );
        },
      ),
    );
  });
});

describe("applyWhole", () => {
  it.each([
    ["a new file", null, "a\n", "a\n"],
    ["an empty file", "", "a\n", "a\n"],
    ["Windows line ends", "x\r\ny\r\n", "a\nb\n", "a\r\nb\r\n"],
    ["no final newline", "x", "a\nb\n", "a\nb"],
    ["a byte order mark", "\uFEFFx\n", "a\n", "\uFEFFa\n"],
    ["nothing left", "x\n", "", ""],
  ])("keeps the form of %s", (_, existing, content, expected) => {
    expect(applyWhole(existing, content)).toBe(expected);
  });
});
