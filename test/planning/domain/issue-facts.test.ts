import { describe, expect, it } from "vitest";
import { isApprovalStale, newStory, withIssueFacts } from "../../../src/planning/domain/issue-facts.ts";
import { storyBodyHash } from "../../../src/planning/domain/story-body-hash.ts";
import { aStory, issueFacts } from "../a-story.ts";

const later = "2026-03-02T10:00:00Z";

describe("the facts of an issue", () => {
  it("make a draft with the id of the issue", () => {
    expect(newStory(issueFacts())).toMatchObject({
      id: "100-42",
      state: "draft",
      version: 0,
      openBlockers: 0,
      plan: null,
    });
  });

  it("change nothing when they come again, and when they are older", () => {
    const story = aStory();
    expect(withIssueFacts(story, issueFacts())).toBe(story);
    expect(withIssueFacts(story, issueFacts({ updatedAt: later }))).toBe(story);
    const old = issueFacts({ body: "old text", updatedAt: "2026-02-01T10:00:00Z" });
    expect(withIssueFacts(story, old)).toBe(story);
  });

  it("bring labels, milestone, names and blockers up to date; unknown blockers stay", () => {
    const story = aStory({ openBlockers: 2 });
    const { openBlockers: _unknown, ...rest } = issueFacts({
      labels: ["a"],
      milestone: { number: 3, title: "Sprint" },
      repo: "renamed",
      updatedAt: later,
    });
    expect(withIssueFacts(story, rest)).toMatchObject({
      labels: ["a"],
      milestone: { number: 3, title: "Sprint" },
      repo: "renamed",
      openBlockers: 2,
      issueUpdatedAt: later,
    });
  });

  it.each(["ready-for-planning", "planned", "ready-for-execution"] as const)(
    "make an approval stale in %s",
    (state) => {
      const story = withIssueFacts(aStory({ state }), issueFacts({ body: "another text", updatedAt: later }));
      expect(story.body).toBe("another text");
      expect(isApprovalStale(story)).toBe(true);
    },
  );

  it.each(["draft", "po-review"] as const)("make nothing stale in %s", (state) => {
    const story = aStory({ state, approvedBodyHash: null });
    expect(isApprovalStale(withIssueFacts(story, issueFacts({ body: "another text", updatedAt: later })))).toBe(false);
  });

  it.each(["in-progress", "testing", "accepted", "carry-over", "done"] as const)(
    "leave the approved text in force in %s, with a note",
    (state) => {
      const story = aStory({ state });
      const edited = withIssueFacts(story, issueFacts({ title: "Another title here", updatedAt: later }));
      expect(edited).toMatchObject({
        title: story.title,
        bodyHash: story.bodyHash,
        edited: { title: "Another title here" },
      });
      expect(edited.note).toContain("the approved text stays in force");
      expect(isApprovalStale(edited)).toBe(false);
      const undone = withIssueFacts(edited, issueFacts({ updatedAt: "2026-03-03T10:00:00Z" }));
      expect(undone).toMatchObject({ edited: null, note: null });
      expect(
        withIssueFacts({ ...story, note: "Something else." }, issueFacts({ labels: [], updatedAt: later })).note,
      ).toBe("Something else.");
    },
  );
});

describe("the hash of a text", () => {
  it("does not depend on line ends, white space at the ends or the Unicode form", () => {
    const hash = storyBodyHash("Café", "a\nb");
    expect(storyBodyHash("Cafe\u0301", "\r\na  \r\nb\r\n\r\n")).toBe(hash);
    expect(storyBodyHash("Café", "a\n b")).not.toBe(hash);
    expect(storyBodyHash("Café a", "b")).not.toBe(storyBodyHash("Café", "a\nb"));
  });
});
