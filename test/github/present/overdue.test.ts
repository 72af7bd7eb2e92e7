import { expect, test } from "vitest";
import { overdueFamily, overdueLines, reminderText } from "../../../src/github/present/overdue.ts";
import { aTask } from "../support/samples.ts";

const deadline = {
  kind: "review",
  since: "2026-01-01T10:00:00.000Z",
  dueAt: "2026-01-01T12:00:00.000Z",
  remindedAt: "2026-01-01T12:01:00.000Z",
} as const;

test("a deadline that is over is a label and a line, as long as it matters", () => {
  const late = aTask({ state: "pending-arch-review", deadlines: [deadline] });
  expect(overdueFamily(late)).toEqual({ prefix: "fleet:overdue", wanted: ["fleet:overdue"] });
  expect(overdueLines(late)).toMatchInlineSnapshot(
    `"**Overdue**: task 1 has waited for the architect since 2026-01-01 10:00; it was due by 2026-01-01 12:00 (UTC)."`,
  );
  const passed = { ...late, state: "pending-qa" } as const;
  expect([overdueFamily(passed).wanted, overdueLines(passed)]).toEqual([[], ""]);
});

test("the reminder says what waits for whom since when, and mentions nobody", () => {
  const payload = { deadline: "review", role: "architect", owner: "acme", repo: "shop", number: 7, task: 2 } as const;
  expect(reminderText({ ...payload, since: deadline.since, dueAt: deadline.dueAt })).toMatchInlineSnapshot(`
    "Overdue: task 2 has waited for the architect since 2026-01-01 10:00; it was due by 2026-01-01 12:00 (UTC).

    This is the only reminder. The label \`fleet:overdue\` goes away when the task moves on."
  `);
  const whole = { ...payload, deadline: "task", role: null } as const;
  expect(reminderText({ ...whole, since: deadline.since, dueAt: deadline.dueAt })).toMatchInlineSnapshot(`
    "Overdue: task 2 has been worked on since 2026-01-01 10:00; it was due by 2026-01-01 12:00 (UTC).

    This is the only reminder. The label \`fleet:overdue\` goes away when the task moves on."
  `);
});
