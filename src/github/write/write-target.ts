import type { Queue } from "bullmq";
import { z } from "zod";
import type { CeremonyId, StoryId, TaskId } from "../../kernel/ids.ts";

/** The queue of what GitHub shows of stories and tasks; only the `writes` process works on it. */
export const writesQueue = "github-writes";

/** The queue of what somebody waits for: reactions, replies, labels that are put back. Likewise. */
export const answersQueue = "github-answers";

const storyId = z.templateLiteral([z.int(), "-", z.int()]) satisfies z.ZodType<StoryId>;
const taskId = z.templateLiteral([z.int(), "-", z.int(), "-p", z.int(), "-t", z.int()]) satisfies z.ZodType<TaskId>;

const ceremonyId = z.templateLiteral([z.int(), "-", z.int(), "-c", z.int()]) satisfies z.ZodType<CeremonyId>;

const ref = z.object({ installation: z.int(), repository: z.int(), owner: z.string(), repo: z.string() });

/**
 * What should be right on GitHub. `story`, `task` and `ceremony` carry ids only: what is written is derived from the graph when the
 * job runs. Replies and reactions answer a trigger and carry what they say.
 */
export const writeTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("story"), storyId }),
  z.object({ kind: z.literal("task"), taskId }),
  /** The comment of a backlog review. */
  z.object({ kind: z.literal("ceremony"), ceremonyId }),
  /** The plan's comment, after somebody edited it: also where its marker is gone, so it is found by its id. */
  z.object({ kind: z.literal("plan-comment"), storyId, commentId: z.int() }),
  /** The issue is open, or closed, as the state wants it; a task's stands below its story's. */
  z.object({ kind: z.literal("story-issue"), storyId }),
  z.object({ kind: z.literal("task-issue"), taskId }),
  /** A task's pull request goes into the default branch. */
  z.object({ kind: z.literal("pull-request-base"), taskId }),
  z.object({ kind: z.literal("labels"), ref }),
  /** The issues about `.github/fleet.yml` and the App's permissions. */
  z.object({ kind: z.literal("settings"), ref }),
  /** What a pull request does to `.github/fleet.yml`. */
  z.object({ kind: z.literal("settings-review"), ref, pullNumber: z.int() }),
  z.object({ kind: z.literal("issue-form"), ref }),
  /** The labels of a story or a task alone, put back at once after somebody changed them by hand. */
  z.object({ kind: z.literal("story-label"), storyId }),
  z.object({ kind: z.literal("task-label"), taskId }),
  /** An issue or pull request that is no story's and no task's: of our labels it carries that of the issues about settings, if it is one. */
  z.object({ kind: z.literal("no-label"), ref, issueNumber: z.int() }),
  z.object({
    kind: z.literal("reply"),
    ref,
    issueNumber: z.int(),
    /** The id of what it answers: a repeat finds its reply by it. */
    trigger: z.string(),
    text: z.string().max(65_000),
  }),
  z.object({
    kind: z.literal("reaction"),
    ref,
    commentId: z.int(),
    /** It is a comment on a line of a change. */
    onLine: z.literal(true).optional(),
    content: z.enum(["eyes", "rocket", "-1", "confused"]),
  }),
  /** A branch that somebody asked to bring up to date (`/rebase`), and where to say how it ended. */
  z.object({
    kind: z.literal("update-branch"),
    ref,
    pullNumber: z.int(),
    issueNumber: z.int(),
    commentId: z.int().nullable(),
    onLine: z.literal(true).optional(),
    /** That it was done is said in words. */
    saysDone: z.literal(true).optional(),
    trigger: z.string(),
    login: z.string(),
  }),
]);

export type WriteTarget = z.infer<typeof writeTargetSchema>;

/** Asks for a target to be made right. */
export type EnqueueWrite = (target: WriteTarget) => Promise<void>;

/** One key per target: of two requests for the same one, the newest wins. Holds no colon, which BullMQ forbids. */
export function writeKey(target: WriteTarget): string {
  switch (target.kind) {
    case "story":
      return `story-${target.storyId}`;
    case "task":
      return `task-${target.taskId}`;
    case "ceremony":
      return `ceremony-${target.ceremonyId}`;
    case "plan-comment":
      return `plan-comment-${target.commentId}`;
    case "story-issue":
      return `story-issue-${target.storyId}`;
    case "task-issue":
      return `task-issue-${target.taskId}`;
    case "pull-request-base":
      return `pull-request-base-${target.taskId}`;
    case "labels":
    case "settings":
    case "issue-form":
      return `${target.kind}-${target.ref.repository}`;
    case "settings-review":
      return `settings-review-${target.ref.repository}-${target.pullNumber}`;
    case "story-label":
      return `story-label-${target.storyId}`;
    case "task-label":
      return `task-label-${target.taskId}`;
    case "no-label":
      return `no-label-${target.ref.repository}-${target.issueNumber}`;
    case "reply":
      return `reply-${target.ref.repository}-${target.trigger}`;
    case "reaction":
      return `reaction-${target.onLine === true ? "line-" : ""}${target.commentId}-${target.content}`;
    case "update-branch":
      return `update-branch-${target.ref.repository}-${target.trigger}`;
  }
}

/** How often a write is tried, with a back-off that doubles from a second: about an hour in all. */
const attempts = 12;

/** What nobody waits for at this moment; everything else is an answer to somebody. */
const views: readonly WriteTarget["kind"][] = ["labels", "story", "task", "ceremony"];

/**
 * Enqueues writes. While a target is being written, the newest request for it waits and runs after (`keepLastIfActive`),
 * so that what GitHub shows is never older than the graph.
 */
export function createEnqueueWrite(queues: {
  readonly answers: Pick<Queue<WriteTarget>, "add">;
  readonly writes: Pick<Queue<WriteTarget>, "add">;
}): EnqueueWrite {
  return async (target) => {
    const isAnswer = !views.includes(target.kind);
    const queue = isAnswer ? queues.answers : queues.writes;
    await queue.add(target.kind, target, {
      deduplication: { id: writeKey(target), keepLastIfActive: true },
      attempts,
      backoff: { type: "exponential", delay: 1_000 },
      removeOnComplete: true,
      removeOnFail: { count: 1_000 },
      ...priorityOf(target),
    });
  };
}

/** What is derived from the graph as a whole, and may be long: everything else answers somebody. */
const derived: readonly WriteTarget["kind"][] = ["story", "task", "ceremony"];
/** What is put back, and what must be there first: a label that people see wrong, the labels themselves. */
const first: readonly WriteTarget["kind"][] = ["story-label", "task-label", "no-label", "labels"];

/**
 * Without a priority a job runs before all that have one: that somebody was heard does not wait behind answers, nor do
 * those, and what is put back with them, behind status comments.
 */
function priorityOf(target: WriteTarget): { priority?: number } {
  if ((target.kind === "reaction" && target.content === "eyes") || first.includes(target.kind)) return {};
  return { priority: derived.includes(target.kind) ? 10 : 1 };
}
