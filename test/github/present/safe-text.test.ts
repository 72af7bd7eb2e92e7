import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, test } from "vitest";
import { cutMarkdown } from "../../../src/github/present/cut-markdown.ts";
import { fitSections } from "../../../src/github/present/fit-sections.ts";
import { collapsed, markdownTable } from "../../../src/github/present/markdown-table.ts";
import {
  codeSpan,
  fencedText,
  inlineText,
  ownText,
  quotedText,
  visibleCode,
} from "../../../src/github/present/safe-text.ts";

type Node = { type: string; children?: readonly Node[]; value?: string };

function parse(markdown: string): Node {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** The types of all nodes, and the text that is not code; code leaves a dot, so that what it parts stays apart. */
function walk(node: Node): { types: Set<string>; text: string } {
  const types = new Set([node.type]);
  let text = node.type === "text" ? (node.value ?? "") : node.type === "inlineCode" ? "·" : "";
  for (const child of node.children ?? []) {
    const inner = walk(child);
    for (const type of inner.types) types.add(type);
    text += inner.text;
  }
  return { types, text };
}

/** Text that tries to break out. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "@acme/all",
        "@olga",
        "#12",
        "acme/shop#3",
        "GH-4",
        "https://x.org/issues/5",
        "www.x.org",
        "|",
        "`",
        "``",
        "\n",
        "\n\n",
        "# ",
        "- ",
        "> ",
        "<b>",
        "<!--",
        "-->",
        "[a](b)",
        "![a](b)",
        "**",
        "_",
        "~~",
        "\u202e",
        "\u200b",
        "1. ",
        "---",
        "|---|",
        "&#64;a",
        "\\",
        "$x$",
        "    ",
        "```",
      ),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("inlineText", () => {
  test("of anything is plain text and code, without a live mention, reference or address outside code", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { types, text: plain } = walk(parse(`Said: ${inlineText(text)}`));
        expect([...types].filter((type) => !["root", "paragraph", "text", "inlineCode"].includes(type))).toEqual([]);
        expect(plain).not.toMatch(/@[\w-]|#\d|https?:\/\/\S|\bGH-\d/);
        expect(plain).not.toMatch(/[\u202e\u200b]/);
      }),
      { numRuns: 500 },
    );
  });

  test("never breaks a table", () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const table = parse(markdownTable(["x", "y"], [[inlineText(a), codeSpan(b)]])).children ?? [];
        expect(table.map((node) => node.type)).toEqual(["table"]);
        expect(table[0]?.children?.map((row) => row.children?.length)).toEqual([2, 2]);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["Ask @olga about #12", "Ask `@olga` about `#12`"],
    ["a | b", "a \\| b"],
    ["see https://x.org/a_b", "see `https://x.org/a_b`"],
    ["<script>", "\\<script\\>"],
  ])("%j → %j", (text, expected) => {
    expect(inlineText(text)).toBe(expected);
  });

  test("is cut at its length", () => {
    expect(inlineText("a".repeat(500), 10)).toBe("aaaaaaaaa…");
  });
});

test("a quotation of anything is one quotation", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const children = parse(quotedText(`x${text}`)).children ?? [];
      expect(children.map((node) => node.type)).toEqual(["blockquote"]);
    }),
  );
});

test("a code block of anything is one code block", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect((parse(fencedText(text, "diff")).children ?? []).map((node) => node.type)).toEqual(["code"]);
    }),
  );
});

test("code shows what hides or reorders it", () => {
  expect(visibleCode("if (admin\u202e) {\n\tgo\u200b();\u{e0041}\r\n}")).toBe(
    "if (admin⟨U+202E⟩) {\n\tgo⟨U+200B⟩();⟨U+E0041⟩\r\n}",
  );
});

test.each(["@org/all", "@acme/architects", "@olga", "a@b.org", "x@org/all."])("%s never pings", (mention) => {
  for (const text of [
    inlineText(mention),
    ownText(`Ask ${mention} <!-- now`),
    quotedText(mention),
    codeSpan(mention),
  ]) {
    expect(walk(parse(text)).text).not.toContain("@");
    expect(walk(parse(text)).types).not.toContain("html");
  }
});

describe("fitSections", () => {
  test("drops the least important parts and says how many", () => {
    const part = (letter: string, priority: number) => ({ text: letter.repeat(100), priority });
    const text = fitSections([part("a", 0), part("b", 2), part("c", 1), part("d", 2)], 350);
    expect([...new Set(text.replaceAll(/[^abcd]/g, ""))].join("")).toMatch(/^ac/);
    expect(text).toContain("2 parts are left out");
    expect(text.length).toBeLessThanOrEqual(350);
  });

  test("cuts what must stay when it is too long by itself", () => {
    const text = fitSections([{ text: "a".repeat(900), priority: 0 }], 300);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).toMatch(/^a{100}\n\n…$/);
  });

  /** Pieces of which the fleet makes its texts, with text of others inside. */
  const piece = fc.oneof(
    hostile.map((text) => inlineText(text)),
    fc.tuple(hostile, fc.integer({ min: 1, max: 40 })).map(([text, times]) => fencedText(text.repeat(times), "diff")),
    hostile.map((text) => quotedText(text.repeat(5))),
    fc.tuple(hostile, hostile).map(([a, b]) => collapsed(inlineText(a), fencedText(b.repeat(20)))),
    fc.array(fc.tuple(hostile, hostile), { maxLength: 8 }).map((rows) =>
      markdownTable(
        ["x", "y"],
        rows.map(([a, b]) => [inlineText(a), codeSpan(b)]),
      ),
    ),
    fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => inlineText(text)),
  );
  const sections = fc.array(fc.record({ text: piece, priority: fc.integer({ min: 0, max: 3 }) }), { maxLength: 10 });

  test("stays within the limit, whole as Markdown, and never halves a character", () => {
    fc.assert(
      fc.property(sections, fc.integer({ min: 330, max: 1_500 }), (parts, max) => {
        const text = fitSections(parts, max);
        expect(text.length).toBeLessThanOrEqual(max);
        expect(Buffer.from(text, "utf8").toString("utf8")).toBe(text);
        // Whatever is written behind it is a paragraph of its own: no fence, table row, quotation or HTML swallows it.
        const last = parse(`${text}\n\nbehind`).children?.at(-1);
        expect([last?.type, last?.children?.[0]?.value]).toEqual(["paragraph", "behind"]);
        expect([...text.matchAll(/^<details>/gm)].length).toBe([...text.matchAll(/^<\/details>/gm)].length);
      }),
      { numRuns: 500 },
    );
  });

  test("keeps the first section, whatever follows", () => {
    fc.assert(
      fc.property(sections, (parts) => {
        const head = { text: "### Story: `planned`", priority: 0 };
        expect(fitSections([head, ...parts], 500)).toMatch(/^### Story: `planned`(\n|…|$)/);
      }),
    );
  });

  test.each([
    ["a fence in a quotation", "> ```js\n> let a;\n", "> ```"],
    ["a fence of tildes", "~~~\nlet a;\n", "~~~"],
    ["a fence in details", "<details><summary>s</summary>\n\n````\n```\n", "````\n\n</details>"],
  ])("closes %s", (_, opening, closing) => {
    const text = cutMarkdown(`${opening}${"x\n".repeat(500)}`, 400);
    expect(text.endsWith(closing)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(400);
  });
});
