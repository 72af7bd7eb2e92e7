import { expect, test } from "vitest";
import { eventLine, type Paint } from "../../../src/cli/demo/event-line.ts";
import type { EventBody } from "../../../src/kernel/event.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";

const plain: Paint = { bold: String, dim: String, green: String, red: String, cyan: String };
const ada = { kind: "human", id: 1, login: "ada" } as const;

const bodies: readonly EventBody[] = [
  { type: "planning.story.created", payload: { title: "Limit bookings", bodyHash: "h" } },
  {
    type: "planning.story.transitioned",
    payload: {
      action: "submit",
      principal: ada,
      role: null,
      reason: null,
      deliveryId: "d",
      from: "draft",
      to: "po-review",
    },
  },
  {
    type: "workflow.task.assigned",
    payload: { assignee: { kind: "council" }, round: 2, feedback: [] },
  },
  {
    type: "workflow.task.assigned",
    payload: { assignee: { kind: "person", principal: ada }, round: 1, feedback: [] },
  },
  {
    type: "workflow.task.transitioned",
    payload: {
      action: "reject-design",
      principal: ada,
      role: "architect",
      reason: "Name the limit.",
      deliveryId: null,
      from: "arch-reviewing",
      to: "arch-rejected",
      headTree: null,
      headSha: null,
    },
  },
  { type: "deliberation.started", payload: { deliberationId: "x", kind: "plan", round: 1 } },
  {
    type: "deliberation.completed",
    payload: { deliberationId: "x", kind: "implementation", winner: null, reason: "Nobody passes.", plan: null },
  },
  { type: "deliberation.failed", payload: { deliberationId: "x", kind: "plan", reason: "No answer." } },
  { type: "workflow.story.tasks-completed", payload: { merged: 1 } },
  {
    type: "access.denied",
    payload: {
      principal: ada,
      action: "approve-scope",
      state: "po-review",
      reason: "role-missing",
      text: "It needs the product owner.",
      deliveryId: null,
    },
  },
  { type: "context.updated", payload: { nodes: [] } },
];

test("one line for each event that says something to a person", () => {
  const lines = bodies.map((body) =>
    eventLine(
      createEvent(body, {
        id: "1",
        now: 0,
        producer: "test",
        correlationId: "c",
        causationId: null,
        subject: { installation: 1, repository: 7, story: "7-1", task: "7-1-p1-t1" },
      }),
      plain,
    ),
  );
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "story    created: Limit bookings
    story    draft → po-review submit, @ada
    task t1  round 2 goes to the council
    task t1  round 1 goes to @ada
    task t1  arch-reviewing → arch-rejected reject-design, @ada “Name the limit.”
    council  plan deliberation started
    council  Nobody passes.
    council  failed: No answer.
    story    every task is done and merged
    refused  @ada: It needs the product owner.
    "
  `);
  expect(lines.at(-1)).toBeNull();
});
