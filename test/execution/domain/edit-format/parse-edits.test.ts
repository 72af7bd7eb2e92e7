import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEdits } from "../../../../src/execution/domain/edit-format/parse-edits.ts";

const block = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE`;

describe("parseEdits", () => {
  it("reads a SEARCH/REPLACE block in a fence, with the path on the line before it", () => {
    const text = `Sure, here it is.\n\n\`\`\`js\nsrc/x.js\n${block("a\n", "b\n")}\n\`\`\`\nDone.`;
    expect(parseEdits(text)).toEqual({
      edits: [{ kind: "replace", path: "src/x.js", search: "a\n", replace: "b\n" }],
      problems: [],
    });
  });

  it.each([
    ["the line before the fence", `src/x.js\n\`\`\`\n${block("a\n", "b\n")}\n\`\`\``],
    ["a heading before the fence", `### \`src/x.js\`\n\n\`\`\`js\n${block("a\n", "b\n")}\n\`\`\``],
    ["a bold line with a colon", `**src/x.js:**\n\`\`\`js\n${block("a\n", "b\n")}\n\`\`\``],
    ["the info string", `\`\`\`js path=src/x.js\n${block("a\n", "b\n")}\n\`\`\``],
    ["no fence at all", `src/x.js\n${block("a\n", "b\n")}`],
    [
      "prose with the one path in backticks",
      `Now I change \`src/x.js\` as follows:\n\`\`\`\n${block("a\n", "b\n")}\n\`\`\``,
    ],
    ["a comment in the fence", `\`\`\`js\n// src/x.js\n${block("a\n", "b\n")}\n\`\`\``],
    ["a fence with more marks", `src/x.js\n\`\`\`\`\`js\n${block("a\n", "b\n")}\n\`\`\`\`\``],
    ["a quote's path word", `File: src/x.js\n~~~\n${block("a\n", "b\n")}\n~~~`],
    ["Windows line ends", `src/x.js\r\n\`\`\`js\r\n${block("a\n", "b\n").replaceAll("\n", "\r\n")}\r\n\`\`\`\r\n`],
  ])("takes the path from %s", (_, text) => {
    expect(parseEdits(text)).toEqual({
      edits: [{ kind: "replace", path: "src/x.js", search: "a\n", replace: "b\n" }],
      problems: [],
    });
  });

  it("gives a second block of the same fence the first one's path", () => {
    const { edits } = parseEdits(`\`\`\`\nsrc/x.js\n${block("a\n", "b\n")}\n${block("c\n", "")}\n\`\`\``);
    expect(edits.map((edit) => edit.path)).toEqual(["src/x.js", "src/x.js"]);
    expect(edits[1]).toMatchObject({ search: "c\n", replace: "" });
  });

  it("keeps a fence that stands inside the edited text", () => {
    const { edits, problems } = parseEdits(
      `README.md\n\`\`\`md\n${block("```js\nx\n```\n", "```ts\ny\n```\n")}\n\`\`\``,
    );
    expect(problems).toEqual([]);
    expect(edits).toEqual([
      { kind: "replace", path: "README.md", search: "```js\nx\n```\n", replace: "```ts\ny\n```\n" },
    ]);
  });

  it("tells an empty line from no line", () => {
    const { edits } = parseEdits(`x.js\n${block("a\n", "\n")}\n\nx.js\n${block("a\n", "")}`);
    expect(edits.map((edit) => (edit.kind === "replace" ? edit.replace : null))).toEqual(["\n", ""]);
  });

  it.each([
    ["info path=", "```js path=src/y.js\nlet y;\n```"],
    ["info with a bare path", "```js src/y.js\nlet y;\n```"],
    ["info with a colon", "```js:src/y.js\nlet y;\n```"],
    ["info quoted", '```js title="src/y.js"\nlet y;\n```'],
    ["the line before", "`src/y.js`\n\n```js\nlet y;\n```"],
    ["a comment on its first line", "```js\n// src/y.js\nlet y;\n```"],
    ["a list item", "1. src/y.js\n\n   ```js\n   let y;\n   ```"],
  ])("reads a whole file named by %s", (_, text) => {
    expect(parseEdits(text)).toEqual({
      edits: [{ kind: "write", path: "src/y.js", content: "let y;\n" }],
      problems: [],
    });
  });

  it.each([
    ["the line before", "FUNCTION add in src/y.js\n```js\nlet y;\n```"],
    ["a heading with marks", "### FUNCTION `add` in `src/y.js`:\n\n```js\nlet y;\n```"],
    ["a comment in the fence", "```js\n// METHOD add in src/y.js\nlet y;\n```"],
    ["a bare line in the fence", "```js\nFUNCTION: add IN src/y.js\nlet y;\n```"],
  ])("reads a whole function named by %s", (_, text) => {
    const edit = { kind: "function", path: "src/y.js", name: "add", content: "let y;\n" };
    expect(parseEdits(text)).toEqual({ edits: [edit], problems: [] });
  });

  it("takes prose about a function for no such line", () => {
    expect(parseEdits("The function `add` in `src/y.js` is wrong.\n\n```js\nx\n```").edits).toMatchObject([
      { kind: "write" },
    ]);
    expect(parseEdits(`FUNCTION add in src/y.js\n\`\`\`js\n${block("a\n", "b\n")}\n\`\`\``).edits).toEqual([
      { kind: "replace", path: "src/y.js", search: "a\n", replace: "b\n" },
    ]);
  });

  it("does not take a command for a file", () => {
    const { edits } = parseEdits("Run `src/y.js`:\n\n```sh\nnode src/y.js\n```\n\nx.js\n```js\n1\n```");
    expect(edits.map((edit) => edit.path)).toEqual(["x.js"]);
  });

  it("reads delete and rename lines, in the order of the answer", () => {
    const { edits } = parseEdits("DELETE src/a.js\n\n```js path=b.js\nx\n```\n\nRENAME: `src/c.js` -> src/d.js\n");
    expect(edits).toEqual([
      { kind: "delete", path: "src/a.js" },
      { kind: "write", path: "b.js", content: "x\n" },
      { kind: "rename", path: "src/c.js", to: "src/d.js" },
    ]);
  });

  it("reads directives in a fence of their own, but not in code", () => {
    expect(parseEdits("```\nDELETE src/a.js\n```").edits).toEqual([{ kind: "delete", path: "src/a.js" }]);
    expect(parseEdits("```sql path=q.sql\nSELECT 1;\nDELETE src/a.js\n```").edits).toHaveLength(1);
  });

  it.each([
    ["no edit", "I would change nothing.", /no edit/],
    ["an open block", "x.js\n<<<<<<< SEARCH\na\n=======\nb\n", /not closed/],
    ["an open fence", "```js path=x.js\nlet a", /cut off/],
    ["an open function", "FUNCTION a in x.js\n```js\nlet a", /block of a .*cut off/],
    ["a block without a path", block("a\n", "b\n"), /names no file/],
    ["a diff", "```diff\n--- a/x.js\n+++ b/x.js\n```", /is a diff/],
  ])("says what is wrong with %s", (_, text, problem) => {
    const parsed = parseEdits(text);
    expect(parsed.edits).toEqual([]);
    expect(parsed.problems.join("\n")).toMatch(problem);
  });

  it("reads back whatever edits were written with it", () => {
    const line = fc.string({ unit: "binary-ascii", maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ""));
    const plain = line.filter((text) => !/^\s*(?:<{5,}|={5,}|>{5,})/.test(text));
    const lines = fc.array(plain, { maxLength: 6 }).map((all) => all.map((one) => `${one}\n`).join(""));
    const path = fc.constantFrom("a.js", "src/b.ts", ".github/x.yml", "docs/read me".replace(" ", "-"));
    fc.assert(
      fc.property(fc.array(fc.tuple(path, lines, lines), { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits
          .map(([at, search, replace]) => `Some prose.\n\n\`\`\`\n${at}\n${block(search, replace)}\n\`\`\`\n`)
          .join("\nAnd then:\n");
        expect(parseEdits(text)).toEqual({
          edits: edits.map(([at, search, replace]) => ({ kind: "replace", path: at, search, replace })),
          problems: [],
        });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("`", "~", "<", "=", ">", "\n", " ", "SEARCH", "REPLACE", "a.js", "DELETE ", "-"),
        }),
        (text) => {
          expect(parseEdits(text).problems.length + parseEdits(text).edits.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
