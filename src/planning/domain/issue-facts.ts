import { storyId } from "../../kernel/ids.ts";
import type { StoryState } from "../../kernel/states.ts";
import type { IssueAuthor, Milestone, Story } from "./story.ts";
import { storyBodyHash } from "./story-body-hash.ts";

/** What a delivery or a reconcile pass says about an issue. */
export type IssueFacts = {
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
  readonly issueNumber: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** Left out where the source does not say: what is known stays. */
  readonly openBlockers?: number;
  readonly milestone: Milestone | null;
  readonly author: IssueAuthor;
  /** GitHub's `updated_at` (ISO 8601). Facts older than the known ones are ignored. */
  readonly updatedAt: string;
  readonly deliveryId: string | null;
};

/** The states in which the approved text stays in force, whatever is edited: work on it has started. */
const workedOn: readonly StoryState[] = [
  "in-progress",
  "code-review",
  "testing",
  "ready-to-review",
  "accepted",
  "carry-over",
  "done",
  "archived",
];

const editedWhileWorkedOn =
  "The text was edited after work on it had started: the approved text stays in force until the story is reset.";

/** The story that an issue becomes: a draft. */
export function newStory(facts: IssueFacts): Story {
  return {
    id: storyId(facts.repository, facts.issueNumber),
    version: 0,
    installation: facts.installation,
    repository: facts.repository,
    owner: facts.owner,
    repo: facts.repo,
    issueNumber: facts.issueNumber,
    title: facts.title,
    body: facts.body,
    bodyHash: storyBodyHash(facts.title, facts.body),
    edited: null,
    issueUpdatedAt: facts.updatedAt,
    labels: facts.labels,
    openBlockers: facts.openBlockers ?? 0,
    milestone: facts.milestone,
    parent: null,
    withdrawn: false,
    author: facts.author,
    state: "draft",
    approvedBodyHash: null,
    plan: null,
    planFeedback: [],
    deadline: null,
    note: null,
    putBack: null,
    handled: [],
  };
}

/**
 * The story with what the issue says now; the same object where nothing changed or the facts are older. Once work has
 * started the approved text stays in force, and a note says that the issue differs (DOMAIN.md §2, GITHUB.md "the text
 * that was approved is the text that is used").
 */
export function withIssueFacts(story: Story, facts: IssueFacts): Story {
  if (Date.parse(facts.updatedAt) < Date.parse(story.issueUpdatedAt)) {
    return story;
  }
  const updated: Story = {
    ...withText(story, facts),
    installation: facts.installation,
    owner: facts.owner,
    repo: facts.repo,
    labels: facts.labels,
    openBlockers: facts.openBlockers ?? story.openBlockers,
    milestone: facts.milestone,
  };
  // The time alone is no change: every comment and label moves it.
  return isSame(story, updated) ? story : { ...updated, issueUpdatedAt: facts.updatedAt };
}

/** All that `withIssueFacts` may change, but the time. */
const told = [
  "title",
  "body",
  "bodyHash",
  "edited",
  "note",
  "installation",
  "owner",
  "repo",
  "labels",
  "openBlockers",
  "milestone",
] as const satisfies readonly (keyof Story)[];

function isSame(story: Story, updated: Story): boolean {
  return told.every((name) => {
    const [before, after] = [story[name], updated[name]];
    return after === before || (typeof after === "object" && JSON.stringify(after) === JSON.stringify(before));
  });
}

/** Whether the text was edited after its approval and before work on it started. */
export function isApprovalStale(story: Story): boolean {
  return (
    story.approvedBodyHash !== null && story.approvedBodyHash !== story.bodyHash && !workedOn.includes(story.state)
  );
}

function withText(story: Story, facts: IssueFacts): Story {
  const { title, body } = facts;
  if (title === story.title && body === story.body && story.edited === null) {
    return story; // Most deliveries are about something else: nothing to hash.
  }
  const bodyHash = storyBodyHash(title, body);
  if (!workedOn.includes(story.state)) {
    return { ...story, title, body, bodyHash };
  }
  return bodyHash === story.bodyHash
    ? { ...story, edited: null, note: story.note === editedWhileWorkedOn ? null : story.note }
    : { ...story, edited: { title, body }, note: editedWhileWorkedOn };
}
