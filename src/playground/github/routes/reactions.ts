import { z } from "zod";
import { forbidden, found, notFound } from "../github-error.ts";
import {
  authorOf,
  bodyOf,
  numberParam,
  type Operation,
  onRepository,
  page,
  type RepositoryCall,
} from "../operation.ts";
import { presentReaction } from "../present/issue.ts";
import { timestamp } from "../world.ts";
import { findComment } from "./comments.ts";
import { findIssue, readIssues, readPulls, writeIssues, writePulls } from "./find.ts";
import { findReviewComment } from "./review-comments.ts";

const contentSchema = z.object({
  content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]),
});

type Subject = (call: RepositoryCall, access: "read" | "write") => number;

function list(call: RepositoryCall, subject: Subject) {
  const content = call.query.get("content");
  const rows = call.world.store.tables.reactions.in(subject(call, "read"));
  return page(
    call,
    rows.filter((row) => content === null || row.content === content),
    (row) => presentReaction(call.world, row),
  );
}

/** A second reaction with the same content by the same account is the first one: 200 instead of 201. */
function create(call: RepositoryCall, subject: Subject) {
  const { world } = call;
  const subjectId = subject(call, "write");
  const userId = authorOf(call).account.id;
  const { content } = bodyOf(call, contentSchema);
  const existing = world.store.tables.reactions
    .in(subjectId)
    .find((row) => row.userId === userId && row.content === content);
  if (existing !== undefined) return { status: 200, body: presentReaction(world, existing) };
  const row = world.store.transaction(() =>
    world.store.tables.reactions.put({ id: world.store.id(), subjectId, userId, content, createdAt: timestamp(world) }),
  );
  return { status: 201, body: presentReaction(world, row) };
}

function remove(call: RepositoryCall, subject: Subject) {
  const reaction = found(call.world.store.tables.reactions.get(numberParam(call, "reaction_id")));
  if (reaction.subjectId !== subject(call, "write")) throw notFound();
  if (reaction.userId !== authorOf(call).account.id) throw forbidden("Must be the author of the reaction.");
  call.world.store.transaction(() => call.world.store.tables.reactions.remove(reaction.id));
  return { status: 204 };
}

const ofIssue: Subject = (call, access) => findIssue(call, access).id;
const ofComment: Subject = (call, access) => findComment(call, access).comment.id;
const ofReviewComment: Subject = (call) => findReviewComment(call).id;

export const reactionOperations: readonly Operation[] = [
  onRepository("reactions/list-for-issue", "GET", "/issues/{issue_number}/reactions", readIssues, (call) =>
    list(call, ofIssue),
  ),
  onRepository("reactions/create-for-issue", "POST", "/issues/{issue_number}/reactions", writeIssues, (call) =>
    create(call, ofIssue),
  ),
  onRepository(
    "reactions/delete-for-issue",
    "DELETE",
    "/issues/{issue_number}/reactions/{reaction_id}",
    writeIssues,
    (call) => remove(call, ofIssue),
  ),
  onRepository(
    "reactions/list-for-issue-comment",
    "GET",
    "/issues/comments/{comment_id}/reactions",
    readIssues,
    (call) => list(call, ofComment),
  ),
  onRepository(
    "reactions/create-for-issue-comment",
    "POST",
    "/issues/comments/{comment_id}/reactions",
    writeIssues,
    (call) => create(call, ofComment),
  ),
  onRepository(
    "reactions/delete-for-issue-comment",
    "DELETE",
    "/issues/comments/{comment_id}/reactions/{reaction_id}",
    writeIssues,
    (call) => remove(call, ofComment),
  ),
  onRepository(
    "reactions/list-for-pull-request-review-comment",
    "GET",
    "/pulls/comments/{comment_id}/reactions",
    readPulls,
    (call) => list(call, ofReviewComment),
  ),
  onRepository(
    "reactions/create-for-pull-request-review-comment",
    "POST",
    "/pulls/comments/{comment_id}/reactions",
    writePulls,
    (call) => create(call, ofReviewComment),
  ),
];
