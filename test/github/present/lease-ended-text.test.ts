import { expect, test } from "vitest";
import { leaseEndedText } from "../../../src/github/present/lease-ended-text.ts";
import { targetsOf } from "../../../src/github/present/presenter-subscriber.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";

const payload = {
  assignee: { kind: "person", principal: { kind: "human", id: 3, login: "dana" } },
  endedAt: "2026-03-01T12:00:00.000Z",
  round: 2,
  owner: "acme",
  repo: "shop",
  number: 43,
  task: 1,
  branch: "fleet/42/t1-sum-the-items",
} as const;

test("a person whose lease ended reads what happened and what to do", () => {
  expect(leaseEndedText(payload)).toMatchInlineSnapshot(`
    "\`@dana\`, your lease of task 1 ended at 2026-03-01 12:00 (UTC), so the task was given back and is free to be taken.

    Still at it? \`/claim\` takes it again; a push to its branch or a comment here begins the lease anew while you hold it. The branch \`fleet/42/t1-sum-the-items\` and its commits are kept: whoever takes the task next goes on from there."
  `);
});

test("a council that nothing was heard of leaves a word, too", () => {
  expect(leaseEndedText({ ...payload, assignee: { kind: "council" } })).toMatchInlineSnapshot(`
    "The council had task 1 until 2026-03-01 12:00 (UTC), and nothing was heard of it: the task was given back and waits for a person.

    \`/council\` asks for a council again, \`/claim\` takes the task. The branch \`fleet/42/t1-sum-the-items\` and its commits are kept: whoever takes the task next goes on from there."
  `);
});

test("it is said once, where the task is, in a comment whose name is the round's own", () => {
  const subject = { installation: 11, repository: 100, story: "100-42", task: "100-42-p1-t1" };
  const facts = { id: "01J", now: 0, producer: "workflow", subject, correlationId: "01J", causationId: null };
  const event = createEvent({ type: "workflow.task.lease-ended", payload }, facts);
  expect(targetsOf(event)).toMatchObject([
    { kind: "task", taskId: "100-42-p1-t1" },
    { kind: "story", storyId: "100-42" },
    { kind: "reply", issueNumber: 43, trigger: "lease-100-42-p1-t1-2", text: leaseEndedText(payload) },
  ]);
});
