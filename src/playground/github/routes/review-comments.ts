import { z } from "zod";
import { found, notFound, validationFailed } from "../github-error.ts";
import {
  authorOf,
  bodyOf,
  numberParam,
  type Operation,
  onRepository,
  page,
  type RepositoryCall,
} from "../operation.ts";
import { presentReviewComment } from "../present/review.ts";
import { isPull } from "../pull-rows.ts";
import { emitReview, emitReviewComment } from "../review-events.ts";
import type { PullRequestRow, ReviewCommentRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { checkText, findPull, readPulls, requireAuthorOr, writePulls } from "./find.ts";

const side = z.enum(["LEFT", "RIGHT"]).optional();
export const reviewCommentSchema = z.object({
  body: z.string(),
  path: z.string(),
  line: z.number().nullish(),
  position: z.number().nullish(),
  side,
  start_line: z.number().nullish(),
  start_side: z.string().nullish(),
  subject_type: z.enum(["line", "file"]).optional(),
});
type NewComment = z.output<typeof reviewCommentSchema>;

/** A comment on a changed file, without its id and review. Refused when the file is not part of the pull request. */
export async function newReviewComment(
  call: RepositoryCall,
  pull: PullRequestRow,
  comment: NewComment,
  commitSha: string,
): Promise<Omit<ReviewCommentRow, "id" | "reviewId">> {
  const git = call.world.git(call.repository);
  checkText("PullRequestReviewComment", comment.body, true);
  const files = await git.diff(await git.mergeBase(pull.pull.baseSha, pull.pull.headSha), pull.pull.headSha);
  const file = files.find((row) => row.path === comment.path);
  const resource = "PullRequestReviewComment";
  if (file === undefined)
    throw validationFailed({
      resource,
      code: "custom",
      field: "pull_request_review_thread.path",
      message: "pull_request_review_thread.path could not be resolved",
    });
  const line = comment.line ?? comment.position ?? null;
  if (line === null && comment.subject_type !== "file")
    throw validationFailed({ resource, code: "missing_field", field: "pull_request_review_thread.line" });
  const hunks = file.patch ?? "";
  if (line !== null && comment.position === undefined && !isInHunks(hunks, line, comment.side ?? "RIGHT")) {
    throw validationFailed({
      resource,
      code: "custom",
      field: "pull_request_review_thread.line",
      message: "pull_request_review_thread.line must be part of the diff",
    });
  }
  const time = timestamp(call.world);
  return {
    issueId: pull.id,
    authorId: authorOf(call).account.id,
    body: comment.body,
    path: comment.path,
    line,
    startLine: comment.start_line ?? null,
    side: comment.side ?? "RIGHT",
    subjectType: comment.subject_type ?? "line",
    commitSha,
    diffHunk: hunks.split("\n").slice(0, 12).join("\n"),
    inReplyToId: null,
    createdAt: time,
    updatedAt: time,
  };
}

function isInHunks(patch: string, line: number, on: "LEFT" | "RIGHT"): boolean {
  return [...patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].some((match) => {
    const [start, count] = on === "LEFT" ? [match[1], match[2]] : [match[3], match[4]];
    return line >= Number(start) && line < Number(start) + Number(count ?? 1);
  });
}

export function findReviewComment(call: RepositoryCall): ReviewCommentRow {
  const comment = found(call.world.store.tables.reviewComments.get(numberParam(call, "comment_id")));
  if (call.world.store.tables.issues.get(comment.issueId)?.repositoryId !== call.repository.id) throw notFound();
  return comment;
}

function pullOf(call: RepositoryCall, comment: ReviewCommentRow): PullRequestRow {
  const issue = found(call.world.store.tables.issues.get(comment.issueId));
  if (!isPull(issue)) throw notFound();
  return issue;
}

/**
 * A single comment, also one that answers another, is a submitted review with one comment in it: GitHub makes one for each,
 * and sends both events.
 */
function add(call: RepositoryCall, pull: PullRequestRow, comment: Omit<ReviewCommentRow, "id" | "reviewId">) {
  const { store } = call.world;
  const { authorId, commitSha, createdAt } = comment;
  const row = store.transaction(() => {
    const review = store.tables.reviews.put({
      id: store.id(),
      issueId: pull.id,
      authorId,
      body: "",
      state: "COMMENTED" as const,
      commitSha,
      submittedAt: createdAt,
      updatedAt: createdAt,
    });
    const made = store.tables.reviewComments.put({ ...comment, id: store.id(), reviewId: review.id });
    emitReview(call, "submitted", pull, review);
    emitReviewComment(call, "created", pull, made);
    return made;
  });
  return { status: 201, body: presentReviewComment(call.world, row) };
}

async function create(call: RepositoryCall) {
  const pull = findPull(call);
  const body = bodyOf(
    call,
    reviewCommentSchema.extend({ commit_id: z.string().optional(), in_reply_to: z.number().optional() }),
  );
  if (body.in_reply_to !== undefined) return reply(call, pull, body.in_reply_to, body.body);
  return add(call, pull, await newReviewComment(call, pull, body, body.commit_id ?? pull.pull.headSha));
}

function reply(call: RepositoryCall, pull: PullRequestRow, id: number, body: string) {
  const first = found(call.world.store.tables.reviewComments.get(id));
  if (first.issueId !== pull.id) throw notFound();
  checkText("PullRequestReviewComment", body, true);
  const time = timestamp(call.world);
  return add(call, pull, {
    ...first,
    authorId: authorOf(call).account.id,
    body,
    inReplyToId: first.inReplyToId ?? first.id,
    createdAt: time,
    updatedAt: time,
  });
}

function update(call: RepositoryCall) {
  const { world } = call;
  const comment = findReviewComment(call);
  requireAuthorOr(call, comment.authorId, "write");
  const { body } = bodyOf(call, z.object({ body: z.string() }));
  checkText("PullRequestReviewComment", body, true);
  const row = world.store.transaction(() => {
    const edited = world.store.tables.reviewComments.put({ ...comment, body, updatedAt: timestamp(world) });
    emitReviewComment(call, "edited", pullOf(call, comment), edited, { changes: { body: { from: comment.body } } });
    return edited;
  });
  return { status: 200, body: presentReviewComment(world, row) };
}

function remove(call: RepositoryCall) {
  const comment = findReviewComment(call);
  requireAuthorOr(call, comment.authorId, "write");
  call.world.store.transaction(() => {
    emitReviewComment(call, "deleted", pullOf(call, comment), comment);
    call.world.store.tables.reviewComments.remove(comment.id);
  });
  return { status: 204 };
}

/** The comments of a pull request without those of reviews that are not submitted yet. */
function published(call: RepositoryCall, pull: PullRequestRow): ReviewCommentRow[] {
  const { reviewComments, reviews } = call.world.store.tables;
  return reviewComments.in(pull.id).filter((row) => reviews.get(row.reviewId)?.state !== "PENDING");
}

export const reviewCommentOperations: readonly Operation[] = [
  onRepository("pulls/list-review-comments", "GET", "/pulls/{pull_number}/comments", readPulls, (call) =>
    page(call, published(call, findPull(call)), (row) => presentReviewComment(call.world, row)),
  ),
  onRepository("pulls/create-review-comment", "POST", "/pulls/{pull_number}/comments", writePulls, create),
  onRepository(
    "pulls/create-reply-for-review-comment",
    "POST",
    "/pulls/{pull_number}/comments/{comment_id}/replies",
    writePulls,
    (call) =>
      reply(call, findPull(call), numberParam(call, "comment_id"), bodyOf(call, z.object({ body: z.string() })).body),
  ),
  onRepository("pulls/get-review-comment", "GET", "/pulls/comments/{comment_id}", readPulls, (call) => ({
    status: 200,
    body: presentReviewComment(call.world, findReviewComment(call)),
  })),
  onRepository("pulls/update-review-comment", "PATCH", "/pulls/comments/{comment_id}", writePulls, update),
  onRepository("pulls/delete-review-comment", "DELETE", "/pulls/comments/{comment_id}", writePulls, remove),
];
