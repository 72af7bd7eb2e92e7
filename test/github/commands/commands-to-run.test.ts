import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandRows } from "../../../src/github/commands/command-table.ts";
import { commandsToRun, maxCommands } from "../../../src/github/commands/commands-to-run.ts";
import { parseCommands } from "../../../src/github/commands/parse-commands.ts";

const names = (text: string, before: string | null = null) =>
  commandsToRun(text, before).asked.map((asked) => ("name" in asked ? asked.name : asked.kind));

describe("an edited comment asks for what it did not ask for before", () => {
  test.each([
    ["/approve", "/approve", []],
    ["/approve", "/approve\n/status", ["status"]],
    ["/status\n/approve", "/approve\n/status", []],
    ["/approve", "Thanks!\n\n/approve\n\nSee you.", []],
    ["/approve", "/approve\n/approve", ["approve"]],
    ["nothing", "/approve", ["approve"]],
    ["`/approve`", "/approve", ["approve"]],
    ["/approve", "nothing", []],
    ["/reject no", "/reject it needs a test for dates", ["reject"]],
    ["/aprove", "/aprove", []],
  ])("%j → %j: %j", (before, now, expected) => {
    expect(names(now, before)).toEqual(expected);
  });

  test("for any two texts, nothing is run twice and nothing new is lost", () => {
    const line = fc.constantFrom("/approve", "/status", "/claim", "prose", "> /help", "");
    const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n\n"));
    fc.assert(
      fc.property(text, text, (before, now) => {
        const [had, has, runs] = [names(before), names(now), names(now, before)];
        const count = (all: readonly string[], name: string) => all.filter((each) => each === name).length;
        for (const { name } of commandRows)
          expect(count(runs, name)).toBe(Math.max(0, count(has, name) - count(had, name)));
      }),
    );
  });
});

describe("a comment bomb", () => {
  const size = 65_536;
  const bomb = (text: string) => `/approve\n\n${text}`.slice(0, size);

  test("of 5,000 commands runs a few and counts the others", () => {
    const { asked, leftOut } = commandsToRun("/status\n".repeat(5_000), null);
    expect([asked.length, leftOut]).toEqual([maxCommands, 5_000 - maxCommands]);
  });

  // Each takes a Markdown parser from seconds to minutes, or more stack than there is.
  test.each([
    ["quotes on one line", bomb("> ".repeat(32_000))],
    ["lists on one line", bomb("- ".repeat(32_000))],
    ["many nested lists", bomb("- - - - a\n".repeat(6_000))],
    ["quoted nested lists", bomb(`${"> ".repeat(10)}- - - a\n`.repeat(2_500))],
    ["opened brackets", bomb("[".repeat(size))],
    ["images", bomb("![".repeat(size / 2))],
    ["links", bomb("[a](".repeat(size / 4))],
    ["table cells", bomb(`${"|a".repeat(3_000)}\n${"|-".repeat(3_000)}\n${"|b".repeat(3_000)}\n`)],
    ["more than a comment holds", "/approve\n".repeat(8_000)],
  ])("of %s is not read, and that is said", (_, text) => {
    expect(parseCommands(text)).toEqual([{ kind: "unreadable" }]);
  });

  test.each([
    ["emphasis", bomb("*a_".repeat(size / 3))],
    ["quotes", bomb(`${">".repeat(20)}a\n`.repeat(2_000))],
    ["backticks", bomb(Array.from({ length: 300 }, (__, index) => `${"`".repeat(index + 1)}a`).join(" "))],
    ["slashes", bomb("/".repeat(size))],
  ])("of %s is read within the bound", (_, text) => {
    // Without the bounds it takes minutes, which the test's own limit ends.
    expect(names(text)).toEqual(["approve"]);
  });

  test("a long comment without a command is not parsed at all", () => {
    expect(parseCommands("*a_ / [".repeat(9_000))).toEqual([]);
  });
});
