import { z } from "zod";
import { viaApp } from "../actor.ts";
import { forbidden, found, notFound } from "../github-error.ts";
import { putIssue } from "../issue-events.ts";
import {
  authorOf,
  bodyOf,
  numberParam,
  type Operation,
  onRepository,
  page,
  type RepositoryCall,
} from "../operation.ts";
import { presentComment, presentIssue } from "../present/issue.ts";
import type { CommentRow, IssueRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import {
  callerHas,
  checkText,
  findIssue,
  readIssues,
  requireAuthorOr,
  requireIssueGrant,
  writeIssues,
} from "./find.ts";
import { sorted } from "./issue-list.ts";

const bodySchema = z.object({ body: z.string() });

/** The comment of the path with its issue. */
export function findComment(call: RepositoryCall, access: "read" | "write"): { comment: CommentRow; issue: IssueRow } {
  const comment = found(call.world.store.tables.comments.get(numberParam(call, "comment_id")));
  const issue = found(call.world.store.tables.issues.get(comment.issueId));
  if (issue.repositoryId !== call.repository.id) throw notFound();
  requireIssueGrant(call, issue, access);
  return { comment, issue };
}

function emit(
  call: RepositoryCall,
  action: string,
  issue: IssueRow,
  comment: CommentRow,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const payload = { issue: presentIssue(call.world, issue), comment: presentComment(call.world, comment), ...extra };
  call.world.emit({
    event: "issue_comment",
    action,
    sender: authorOf(call).account,
    repository: call.repository,
    payload,
  });
}

function create(call: RepositoryCall) {
  const { world } = call;
  const by = authorOf(call);
  const issue = findIssue(call, "write");
  const { body } = bodyOf(call, bodySchema);
  checkText("IssueComment", body, true);
  if (issue.locked && !callerHas(call, "write")) throw forbidden("Unable to create comment because issue is locked.");
  const time = timestamp(world);
  const comment = world.store.transaction(() => {
    const row = {
      id: world.store.id(),
      issueId: issue.id,
      authorId: by.account.id,
      appId: viaApp(by),
      body,
      createdAt: time,
      updatedAt: time,
    };
    world.store.tables.comments.put(row);
    emit(call, "created", putIssue(world, issue), row);
    return row;
  });
  const presented = presentComment(world, comment);
  return { status: 201, body: presented, headers: { location: presented.url } };
}

function update(call: RepositoryCall) {
  const { world } = call;
  const { comment, issue } = findComment(call, "write");
  requireAuthorOr(call, comment.authorId, "write");
  const { body } = bodyOf(call, bodySchema);
  checkText("IssueComment", body, true);
  if (body === comment.body) return { status: 200, body: presentComment(world, comment) };
  const edited = world.store.transaction(() => {
    const row = world.store.tables.comments.put({ ...comment, body, updatedAt: timestamp(world) });
    emit(call, "edited", putIssue(world, issue), row, { changes: { body: { from: comment.body } } });
    return row;
  });
  return { status: 200, body: presentComment(world, edited) };
}

function remove(call: RepositoryCall) {
  const { comment, issue } = findComment(call, "write");
  requireAuthorOr(call, comment.authorId, "write");
  call.world.store.transaction(() => {
    emit(call, "deleted", issue, comment);
    call.world.store.tables.comments.remove(comment.id);
  });
  return { status: 204 };
}

function since(call: RepositoryCall, comments: readonly CommentRow[]): CommentRow[] {
  const from = Date.parse(call.query.get("since") ?? "") || 0;
  return comments.filter((row) => Date.parse(row.updatedAt) >= from);
}

function listOfIssue(call: RepositoryCall) {
  const rows = since(call, call.world.store.tables.comments.in(findIssue(call).id));
  return page(call, rows, (comment) => presentComment(call.world, comment));
}

function listOfRepository(call: RepositoryCall) {
  const { comments, issues } = call.world.store.tables;
  const rows = issues.in(call.repository.id).flatMap((issue) => comments.in(issue.id));
  return page(call, sorted(call, since(call, rows), true), (comment) => presentComment(call.world, comment));
}

export const commentOperations: readonly Operation[] = [
  onRepository("issues/list-comments-for-repo", "GET", "/issues/comments", readIssues, listOfRepository),
  onRepository("issues/get-comment", "GET", "/issues/comments/{comment_id}", readIssues, (call) => ({
    status: 200,
    body: presentComment(call.world, findComment(call, "read").comment),
  })),
  onRepository("issues/update-comment", "PATCH", "/issues/comments/{comment_id}", writeIssues, update),
  onRepository("issues/delete-comment", "DELETE", "/issues/comments/{comment_id}", writeIssues, remove),
  onRepository("issues/list-comments", "GET", "/issues/{issue_number}/comments", readIssues, listOfIssue),
  onRepository("issues/create-comment", "POST", "/issues/{issue_number}/comments", writeIssues, create),
];
