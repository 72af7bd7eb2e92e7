import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandRow, commands } from "../../../src/github/commands/command-table.ts";
import { parseCommands } from "../../../src/github/commands/parse-commands.ts";

const command = (name: string, argument = "") => ({ kind: "command", name, argument });

describe("parseCommands finds", () => {
  test.each([
    ["/approve", [command("approve")]],
    ["  /approve  ", [command("approve")]],
    ["/APPROVE", [command("approve")]],
    ["/fleet approve", [command("approve")]],
    ["/fleet /approve", [command("approve")]],
    ["Looks good to me.\n\n/approve", [command("approve")]],
    ["Looks good to me.\n/approve", [command("approve")]],
    ["/reject the total is wrong", [command("reject", "the total is wrong")]],
    ["/reject the total is wrong\nand the tax too", [command("reject", "the total is wrong\nand the tax too")]],
    ["/reject\n\nThe total is wrong.", [command("reject", "The total is wrong.")]],
    ["/reject because `total()` is **wrong**", [command("reject", "because `total()` is **wrong**")]],
    ["/claim\n/status", [command("claim"), command("status")]],
    ["/reject too slow\n/help", [command("reject", "too slow"), command("help")]],
    ["/reject\n\n/help", [command("reject"), command("help")]],
    ["/approve\r\n", [command("approve")]],
    ['/reject "the total is wrong"', [command("reject", "the total is wrong")]],
    ["/reject “the total is wrong”", [command("reject", "the total is wrong")]],
    ['/reject "a" and "b"', [command("reject", '"a" and "b"')]],
    ["/reject use `a_b` and *not* a_b", [command("reject", "use `a_b` and *not* a_b")]],
    ["/fleet", [command("help")]],
    ["/council 5", [command("council", "5")]],
    ["/carry-over", [command("carry-over")]],
    ["***\n/approve", [command("approve")]],
    ["> said\n\n/approve", [command("approve")]],
    ["/reject it <!-- secret --> is wrong", [command("reject", "it  is wrong")]],
  ])("%j", (text, expected) => {
    expect(parseCommands(text)).toEqual(expected);
  });
});

describe("parseCommands passes over", () => {
  test.each([
    "`/approve`",
    "```\n/approve\n```",
    "    /approve",
    "> /approve",
    "> said\n/approve",
    "<!-- /approve -->",
    "<!--\n/approve\n-->",
    "text <!--\n/approve\n--> more",
    "[/approve](https://example.org)",
    "<details>\n/approve\n</details>",
    "- /approve",
    "# /approve",
    "| a |\n|---|\n| /approve |",
    "I would /approve this",
    "\\/approve",
    "/lgtm",
    "/etc/passwd is gone",
    "/usr",
    "/approve/it",
    "",
  ])("%j", (text) => {
    expect(parseCommands(text)).toEqual([]);
  });
});

describe("parseCommands does not run what people may have read otherwise", () => {
  test.each([
    ["a zero-width space in the word", "/app\u200Brove"],
    ["a zero-width space before it", "\u200B/approve"],
    ["a joiner at its end", "/approve\u200D"],
    ["text that runs from right to left", "\u202E/approve"],
    ["an isolate", "/\u2066approve\u2069"],
    ["a tag character", "/approve\u{E0041}"],
  ])("%s", (_, text) => {
    expect(parseCommands(text)).toEqual([{ kind: "hidden", name: "approve" }]);
  });

  test("but in the argument they are only text", () => {
    expect(parseCommands("/reject it is \u200Bwrong")).toMatchObject([{ kind: "command", name: "reject" }]);
  });
});

describe("parseCommands names the nearest command", () => {
  test.each([
    ["/aprove", "approve"],
    ["/aproove", "approve"],
    ["/fleet lgtm", "claim"],
    ["/stats", "status"],
  ])("%s → %s", (text, nearest) => {
    expect(parseCommands(text)).toMatchObject([{ kind: "unknown", nearest }]);
  });
});

describe("for any text", () => {
  const names = commands.map((row) => row.name);
  const word = fc.string({ unit: fc.constantFrom(..."abcdefgh "), minLength: 1, maxLength: 30 });

  test("parsing never throws", () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => Array.isArray(parseCommands(text))));
  });

  test("a command in a fence of any text is never run", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), word, (name, text) => {
        expect(parseCommands(`\`\`\`\`\n${text}\n/${name}\n\`\`\`\``)).toEqual([]);
      }),
    );
  });

  test("a command in a quote of any prose is never run", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), word, (name, text) => {
        expect(parseCommands(`> ${text}\n> /${name} ${text}`)).toEqual([]);
      }),
    );
  });

  test("a command on a line of its own after any prose is run once, with its argument", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), word, word, (name, before, argument) => {
        expect(parseCommands(`x ${before}\n\n/${name} ${argument}`)).toEqual([command(name, argument.trim())]);
      }),
    );
  });
});

test("every command's name is its own nearest", () => {
  for (const row of commands) expect(commandRow(row.name)).toBe(row);
});
