import type { JobsOptions, Queue } from "bullmq";
import { expect, test } from "vitest";
import { presenterSubscriber, targetsOf } from "../../../src/github/present/presenter-subscriber.ts";
import {
  createEnqueueWrite,
  type WriteTarget,
  writeKey,
  writeTargetSchema,
} from "../../../src/github/write/write-target.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";

const ref = { installation: 5, repository: 7, owner: "acme", repo: "shop" };
const targets: readonly WriteTarget[] = [
  { kind: "story", storyId: "7-3" },
  { kind: "task", taskId: "7-3-p1-t1" },
  { kind: "labels", ref },
  { kind: "story-label", storyId: "7-3" },
  { kind: "task-label", taskId: "7-3-p1-t1" },
  { kind: "no-label", ref, issueNumber: 3 },
  { kind: "reply", ref, issueNumber: 3, trigger: "comment-1-0", text: "Hello" },
  { kind: "reaction", ref, commentId: 1, content: "eyes" },
  { kind: "reaction", ref, commentId: 1, onLine: true, content: "eyes" },
];

test("every target has a key of its own, without a colon, and survives the queue", () => {
  const keys = targets.map(writeKey);
  expect(new Set(keys).size).toBe(targets.length);
  for (const key of keys) expect(key).not.toContain(":");
  for (const target of targets) expect(writeTargetSchema.parse(JSON.parse(JSON.stringify(target)))).toEqual(target);
  expect(writeTargetSchema.safeParse({ kind: "story", storyId: "7:3" }).success).toBe(false);
});

test("writes are asked for once a target, newest last, answers before status", async () => {
  const added: (JobsOptions | undefined)[] = [];
  const queue: Pick<Queue<WriteTarget>, "add"> = {
    add: async (_name: string, _data: unknown, options?: JobsOptions) => {
      added.push(options);
      return Promise.reject(new Error("no job is looked at"));
    },
  };
  const lanes: string[] = [];
  const lane = (name: string): Pick<Queue<WriteTarget>, "add"> => ({
    add: (...given) => {
      lanes.push(name);
      return queue.add(...given);
    },
  });
  const write = createEnqueueWrite({ answers: lane("answers"), writes: lane("writes") });
  for (const target of targets) await write(target).catch(() => {});
  expect(added.map((options) => options?.deduplication)).toEqual(
    targets.map((target) => ({ id: writeKey(target), keepLastIfActive: true })),
  );
  expect(added.map((options) => options?.priority)).toEqual([
    10,
    10,
    ...Array(4).fill(undefined),
    1,
    undefined,
    undefined,
  ]);
  expect(lanes).toEqual([...Array(3).fill("writes"), ...Array(6).fill("answers")]);
});

test("an event about a task shows the task and its story; one about a story shows the story", async () => {
  const context = { id: "e1", now: 0, producer: "workflow", correlationId: "d1", causationId: null };
  const body = { type: "workflow.story.tasks-completed", payload: { merged: 1 } } as const;
  const subject = { installation: 5, repository: 7, story: "7-3", task: "7-3-p1-t1" };
  const both = createEvent(body, { ...context, subject });
  expect(targetsOf(both).map((target) => target.kind)).toEqual(["task", "story"]);
  expect(
    targetsOf(createEvent(body, { ...context, subject: { ...subject, task: null } })).map((target) => target.kind),
  ).toEqual(["story"]);
  const written: WriteTarget[] = [];
  const subscriber = presenterSubscriber({ write: async (target) => void written.push(target) });
  await subscriber.handle(both);
  expect(written).toHaveLength(2);
  expect(subscriber.queue).toBe("presenter-events");
});
