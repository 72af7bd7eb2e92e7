import { describe, expect, it } from "vitest";
import { scoreReadiness } from "../../../src/planning/domain/readiness.ts";
import { architectRejection, parseStoryFile, sampleStories } from "../../../src/playground/sample/script.ts";

describe("the sample stories", () => {
  it.each(sampleStories().map((story) => [story.name, story] as const))(
    "%s is ready, with three criteria",
    (_, { title, body }) => {
      const { score, criteria, findings } = scoreReadiness({ title, body, labels: [], openBlockers: 0 });
      expect(findings.filter(({ lost }) => lost > 0)).toEqual([]);
      expect(score).toBeGreaterThanOrEqual(80);
      expect(criteria).toHaveLength(3);
    },
  );

  it("are there, the demo's first", () => {
    expect(sampleStories()[0]?.title).toBe("Limit the open bookings that one customer may hold");
  });

  it("the architect's rejection is feedback enough", () => expect(architectRejection.length).toBeGreaterThan(10));
});

describe("a story file", () => {
  it.each([
    ["---\ntitle: A thing\n---\nBody", { title: "A thing", body: "Body" }],
    ["# A thing\n\nBody\n", { title: "A thing", body: "Body" }],
  ])("%j is read", (text, story) => expect(parseStoryFile("x", text)).toMatchObject(story));

  it("without a title is refused with what to do", () => {
    expect(() => parseStoryFile("x", "Just text")).toThrow("x has no title.");
  });
});
