import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import { eventPayloads } from "../../kernel/event.ts";
import { failingChecksSchema } from "../../kernel/failing-check.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { isStoryId, isTaskId } from "../../kernel/parse-ids.ts";
import { humanRoles, roles } from "../../kernel/roles.ts";
import { taskStates, taskTypes } from "../../kernel/states.ts";
import { deadlineKinds } from "../domain/deadline.ts";
import type { Task } from "../domain/task.ts";

const texts = z.array(z.string());
const numbers = z.array(z.int());

/** Lists of maps are JSON text in the graph, since a property is never a map. */
function json<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}

const approval = z.object({
  role: z.enum(roles),
  principal: eventPayloads["access.denied"].shape.principal,
  tree: z.string(),
  at: z.string(),
  reviewId: z.int().optional(),
});

const remark = z.object({ path: z.string(), line: z.int().nullable(), text: z.string() });

const feedback = z.object({
  round: z.int(),
  role: z.enum(roles),
  by: z.string(),
  text: z.string(),
  at: z.string(),
  remarks: z.array(remark).optional(),
  reviewId: z.int().optional(),
});

const deadline = z.object({
  kind: z.enum(deadlineKinds),
  since: z.string(),
  dueAt: z.string(),
  remindedAt: z.string().nullable(),
});

/** A task's node as the graph returns it: what is null in the task is absent from the node. */
const taskRow = z.object({
  id: z.custom<TaskId>((id) => typeof id === "string" && isTaskId(id)),
  version: z.int(),
  story: z.custom<StoryId>((id) => typeof id === "string" && isStoryId(id)),
  installation: z.int(),
  repository: z.int(),
  owner: z.string(),
  repo: z.string(),
  storyIssue: z.int(),
  number: z.int(),
  planVersion: z.int(),
  title: z.string(),
  description: z.string(),
  type: z.enum(taskTypes),
  role: z.enum(humanRoles),
  estimateHours: z.number(),
  dependsOn: numbers,
  covers: numbers,
  state: z.enum(taskStates),
  branch: z.string(),
  issueNumber: z.int().nullish(),
  pullRequest: z.int().nullish(),
  assignee: json(eventPayloads["workflow.task.assigned"].shape.assignee).nullish(),
  leaseExpiresAt: z.string().nullish(),
  round: z.int(),
  retries: z.int(),
  councilGaveUp: z.string().nullish(),
  headSha: z.string().nullish(),
  headTree: z.string().nullish(),
  authors: texts,
  authorsKnown: z.boolean().nullish(),
  approvals: json(z.array(approval)),
  feedback: json(z.array(feedback)),
  failingChecks: json(failingChecksSchema).nullish(),
  note: z.string().nullish(),
  merged: z.boolean(),
  mergeSha: z.string().nullish(),
  createdAt: z.string(),
  stateSince: z.string(),
  deadlines: json(z.array(deadline)).nullish(),
  handled: z.string().transform((text) => text.split(" ").filter((key) => key !== "")),
});

/** Reads a task's node (`t {.*}`). */
export function readTaskRow(row: unknown): Task {
  const { story, failingChecks, ...rest } = taskRow.parse(row);
  return {
    ...rest,
    ...(failingChecks == null ? {} : { failingChecks }),
    storyId: story,
    issueNumber: rest.issueNumber ?? null,
    pullRequest: rest.pullRequest ?? null,
    assignee: rest.assignee ?? null,
    leaseExpiresAt: rest.leaseExpiresAt ?? null,
    councilGaveUp: rest.councilGaveUp ?? null,
    headSha: rest.headSha ?? null,
    headTree: rest.headTree ?? null,
    authorsKnown: rest.authorsKnown ?? true,
    note: rest.note ?? null,
    mergeSha: rest.mergeSha ?? null,
    deadlines: rest.deadlines ?? [],
  };
}

/** The properties of a task's node. */
export function taskProperties(task: Task): Properties {
  const { storyId, assignee, approvals, feedback: said, failingChecks, deadlines, handled, ...rest } = task;
  return {
    ...rest,
    // One text: it changes with every move, and both engines take a list in an item at a time.
    handled: handled.join(" "),
    story: storyId,
    assignee: assignee === null ? null : JSON.stringify(assignee),
    approvals: JSON.stringify(approvals),
    feedback: JSON.stringify(said),
    failingChecks: failingChecks === undefined ? null : JSON.stringify(failingChecks),
    deadlines: JSON.stringify(deadlines),
  };
}
