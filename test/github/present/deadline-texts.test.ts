import { expect, test } from "vitest";
import { overdueFamily, overdueMarks, reminderText } from "../../../src/github/present/deadline-texts.ts";
import { aTask } from "../support/samples.ts";

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
