import { describe, expect, it } from "vitest";
import { ceremonyComment } from "../../../src/github/present/ceremony-comment.ts";
import { ceremonyHelpText } from "../../../src/github/present/ceremony-help.ts";
import { maxMarkdown } from "../../../src/github/present/fit-sections.ts";
import type { StoryReview } from "../../../src/kernel/review.ts";
import { ceremonyStates } from "../../../src/kernel/states.ts";
import { aCeremony, aCeremonyStory, aSeat, seats } from "../../planning/a-ceremony.ts";
import { alice, at } from "../../planning/a-story.ts";

const word = { verdict: "reject", by: alice, reason: "The limit is not named.", at } as const;
const stories = [
  aCeremonyStory(42, { reviews: seats("ready", "ready", "ready") }),
  aCeremonyStory(43, { reviews: seats("ready", "not-ready", null), word }),
  aCeremonyStory(44, { reviews: seats("needs-changes", null, "needs-changes") }),
  aCeremonyStory(45),
];

describe("the comment of a backlog review", () => {
  it.each(ceremonyStates)("says where it stands in %s", (state) => {
    const told = state === "draft" || state === "in-progress" ? [aCeremonyStory(42)] : stories.slice(0, 2);
    expect(ceremonyComment(aCeremony({ state, stories: told }), null)).toMatchSnapshot();
  });

  it("shows dissent and what is missing beside what is agreed, of a sprint and simulated", () => {
    const milestone = { number: 3, title: "Sprint | 3" };
    expect(
      ceremonyComment(aCeremony({ state: "reviewing", milestone, stories }), "a rehearsal model"),
    ).toMatchSnapshot();
  });

  it("says what is missing where nobody reviewed and nothing is in it", () => {
    const text = ceremonyComment(aCeremony({ state: "draft", stories: [] }), null);
    expect(text).toContain("It holds 0 stories.");
    expect(text).not.toContain("|");
  });

  it("makes texts of people and models harmless", () => {
    const hostile = "@acme/all | see #1 <!-- x --> </details>\n# Big `code` https://evil.example";
    const said: StoryReview = {
      verdict: "not-ready",
      summary: hostile,
      risks: [hostile],
      missingCriteria: [hostile],
      testsNeeded: [hostile],
      operations: [hostile],
    };
    const reviews = [
      { ...aSeat("architect", "ready"), model: "m`|@x", review: said },
      { ...aSeat("qa", null), missing: hostile },
      aSeat("devops", "ready"),
    ];
    const story = aCeremonyStory(42, { title: hostile, reviews, word: { ...word, reason: hostile } });
    const text = ceremonyComment(aCeremony({ state: "reviewing", stories: [story] }), null);
    expect(text).toMatchSnapshot();
    const row = text.split("\n").find((line) => line.startsWith("| #42"));
    expect(row?.replaceAll("\\|", "").match(/\|/g)).toHaveLength(7);
    expect(text.match(/<\/details>/g)).toHaveLength(1);
    expect(text.replace(/`[^`]*`/g, "")).not.toMatch(/@acme|evil\.example|<!--|^# /m);
  });

  it("stays below GitHub's limit, and keeps who says what longest", () => {
    const long = "x".repeat(299);
    const full: StoryReview = {
      verdict: "needs-changes",
      summary: long,
      risks: Array.from({ length: 5 }, () => long),
      missingCriteria: Array.from({ length: 5 }, () => long),
      testsNeeded: Array.from({ length: 5 }, () => long),
      operations: Array.from({ length: 5 }, () => long),
    };
    const reviews = seats("needs-changes", "needs-changes", "needs-changes").map((seat) => ({ ...seat, review: full }));
    const many = Array.from({ length: 20 }, (_, index) => aCeremonyStory(index + 1, { reviews }));
    const text = ceremonyComment(aCeremony({ state: "reviewing", stories: many }), null);
    expect(text.length).toBeLessThanOrEqual(maxMarkdown);
    expect(text.match(/^\| #\d+/gm)).toHaveLength(20);
    expect(text.match(/^#### #\d+/gm)).toHaveLength(20);
    expect(text).toMatch(/parts are left out/);
  });
});

it("the help of its command lists every step", () => {
  expect(ceremonyHelpText).toMatchSnapshot();
});
