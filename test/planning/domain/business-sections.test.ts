import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partStory } from "../../../src/planning/domain/business-sections.ts";

const shared = "As a reader I want it so that it is there.";

describe("the business's own sections of a story", () => {
  it.each([
    ["a heading", "## Business notes\nWe lose 3 % a month.\n\n### Why\nThe rival has it.", "## Scope\nThe list."],
    ["a form's field", "### Budget\n\n12,000 €\n", "### Notes\n\nNone."],
    ["a bold line", "**Business value:**\nWorth 10 points.", "**Notes**\nNone."],
    ["a line with a colon", "Costs:\n40 h", "Notes:\nNone."],
    ["a closed heading in another case", "# BUSINESS CASE #\n```\n# not a heading\n```\nIt pays.", "# Scope\nAll."],
  ])("under %s are taken out, up to the next one as high", (_, own, next) => {
    expect(partStory(`${shared}\n${own}\n${next}`)).toEqual({ description: `${shared}\n${next}`, businessNotes: own });
  });

  it.each([
    ["a value statement", "### Value\n\nAs a reader I want it."],
    ["words in a sentence", "The budget of a cart is its limit: 3 items."],
    ["a code block", "```md\n## Budget\n```\nGo on."],
    ["a heading that says more", "## Show the budget of a team\nIn the list."],
  ])("are none: %s", (_, body) => {
    expect(partStory(body)).toEqual({ description: body, businessNotes: null });
  });

  it("hold, with the rest, every line once and in its order", () => {
    const line = fc.constantFrom(
      "## Budget",
      "# Scope",
      "### Costs",
      "text",
      "```",
      "**Business notes**",
      "Notes:",
      "",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const { description, businessNotes } = partStory(lines.join("\n"));
        const both = [
          ...(description === "" && businessNotes !== null ? [] : description.split("\n")),
          ...(businessNotes?.split("\n") ?? []),
        ];
        expect(both.filter((each) => each !== "").sort()).toEqual(lines.filter((each) => each !== "").sort());
        if (!lines.includes("```"))
          expect(description).not.toMatch(/^(?:## Budget|### Costs|\*\*Business notes\*\*)$/m);
      }),
    );
  });
});
