import { expect, test } from "vitest";
import {
  overdueFamily,
  overdueMarks,
  overdueStoryFamily,
  overdueStoryMarks,
  reminderText,
  storyReminderText,
} from "../../../src/github/present/deadline-texts.ts";
import { targetsOf } from "../../../src/github/present/presenter-subscriber.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";
import { aStory, aTask } from "../support/samples.ts";

const deadline = {
  kind: "review",
  since: "2026-01-01T10:00:00.000Z",
  dueAt: "2026-01-01T12:00:00.000Z",
  remindedAt: "2026-01-01T12:01:00.000Z",
} as const;

test("a deadline that is over is a label and a mark, as long as it matters", () => {
  const late = aTask({ state: "pending-arch-review", deadlines: [deadline] });
  expect(overdueFamily(late)).toEqual({ prefix: "fleet:overdue", wanted: ["fleet:overdue"] });
  expect(overdueMarks(late)).toMatchInlineSnapshot(`
    [
      {
        "due": "2026-01-01T12:00:00.000Z",
        "what": "the decision of the architect on task 1",
      },
    ]
  `);
  const passed = { ...late, state: "pending-qa" } as const;
  expect([overdueFamily(passed).wanted, overdueMarks(passed)]).toEqual([[], []]);
});

test("the reminder says what waits for whom since when, and mentions nobody", () => {
  const payload = { deadline: "review", role: "architect", owner: "acme", repo: "shop", number: 7, task: 2 } as const;
  expect(reminderText({ ...payload, since: deadline.since, dueAt: deadline.dueAt })).toMatchInlineSnapshot(`
    "Overdue: the decision of the architect on task 2, open since 2026-01-01 10:00, was due by 2026-01-01 12:00 (UTC).

    This is the only reminder. The label \`fleet:overdue\` goes away when the task moves on."
  `);
  const whole = { ...payload, deadline: "task", role: null } as const;
  expect(reminderText({ ...whole, since: deadline.since, dueAt: deadline.dueAt })).toMatchInlineSnapshot(`
    "Overdue: task 2 as a whole, open since 2026-01-01 10:00, was due by 2026-01-01 12:00 (UTC).

    This is the only reminder. The label \`fleet:overdue\` goes away when the task moves on."
  `);
});

const { since, dueAt, remindedAt } = deadline;

test("a story's own deadline is a label and the first mark, until the story moves", () => {
  const late = aStory({ state: "planned", deadline: { since, dueAt, remindedAt } });
  const task = aTask({ state: "pending-arch-review", deadlines: [deadline] });
  expect(overdueStoryFamily(late).wanted).toEqual(["fleet:overdue"]);
  expect(overdueStoryMarks(late, [task]).map(({ what }) => what)).toEqual([
    "the decision of the product owner on the plan",
    "the decision of the architect on task 1",
  ]);
  const moved = { ...late, state: "ready-for-execution" } as const;
  expect([overdueStoryFamily(moved).wanted, overdueStoryMarks(moved, [])]).toEqual([[], []]);
  const inTime = { ...late, deadline: { since, dueAt, remindedAt: null } };
  expect(overdueStoryFamily(inTime).wanted).toEqual([]);
});

test("a story is reminded of once, on its issue, in a comment whose name is the deadline's own", () => {
  const role = "product-owner";
  const payload = { state: "po-review", role, since, dueAt, owner: "acme", repo: "shop", number: 42 } as const;
  expect(storyReminderText(payload)).toMatchInlineSnapshot(`
    "Overdue: the decision of the product owner on the text, open since 2026-01-01 10:00, was due by 2026-01-01 12:00 (UTC).

    This is the only reminder. The label \`fleet:overdue\` goes away when the story moves on."
  `);
  const subject = { installation: 11, repository: 100, story: "100-42", task: null };
  const facts = { id: "01J", now: 0, producer: "planning", subject, correlationId: "01J", causationId: null };
  expect(targetsOf(createEvent({ type: "planning.story.overdue", payload }, facts))).toMatchObject([
    { kind: "story", storyId: "100-42" },
    { kind: "reply", issueNumber: 42, trigger: `overdue-100-42-po-review-${Date.parse(since)}` },
  ]);
});
