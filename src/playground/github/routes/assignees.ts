import { z } from "zod";
import { setAssignees } from "../assigning.ts";
import { GitHubError, notFound } from "../github-error.ts";
import { emitIssueEvent, putIssue } from "../issue-events.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall } from "../operation.ts";
import { presentAccountId } from "../present/account.ts";
import { presentIssueInFull } from "../present/issue.ts";
import type { IssueRow } from "../rows.ts";
import { findAccount, findIssue, readIssues, requireLevel, triageIssues } from "./find.ts";

function changeAssignees(call: RepositoryCall, choose: (issue: IssueRow, named: number[]) => number[], status: number) {
  const { world } = call;
  const issue = findIssue(call, "write");
  const logins = bodyOf(call, z.object({ assignees: z.array(z.string()).default([]) })).assignees;
  // Logins that cannot be assigned are ignored, as on GitHub.
  const named = logins.flatMap((login) => findAccount(call, login)?.id ?? []);
  const changed = world.store.transaction(() => setAssignees(world, issue, choose(issue, named), authorOf(call)));
  return { status, body: presentIssueInFull(world, changed) };
}

function lock(call: RepositoryCall) {
  const issue = findIssue(call, "write");
  const by = requireLevel(call, "triage");
  const body = bodyOf(
    call,
    z.object({ lock_reason: z.enum(["off-topic", "too heated", "resolved", "spam"]).optional() }).nullable(),
  );
  setLock(call, { ...issue, locked: true, lockReason: body?.lock_reason ?? null }, "locked", by);
  return { status: 204 };
}

function setLock(call: RepositoryCall, issue: IssueRow, action: string, by: ReturnType<typeof authorOf>): void {
  call.world.store.transaction(() => emitIssueEvent(call.world, putIssue(call.world, issue), action, by));
}

function assignable(call: RepositoryCall) {
  const account = findAccount(call, call.param("assignee"));
  if (account === undefined || !(String(account.id) in call.repository.collaborators)) throw notFound();
  return { status: 204 };
}

export const assigneeOperations: readonly Operation[] = [
  onRepository("issues/add-assignees", "POST", "/issues/{issue_number}/assignees", triageIssues, (call) =>
    changeAssignees(call, (issue, named) => [...new Set([...issue.assigneeIds, ...named])], 201),
  ),
  onRepository("issues/remove-assignees", "DELETE", "/issues/{issue_number}/assignees", triageIssues, (call) =>
    changeAssignees(call, (issue, named) => issue.assigneeIds.filter((id) => !named.includes(id)), 200),
  ),
  onRepository("issues/list-assignees", "GET", "/assignees", readIssues, (call) =>
    page(call, Object.keys(call.repository.collaborators).map(Number), (id) => presentAccountId(call.world, id)),
  ),
  onRepository("issues/check-user-can-be-assigned", "GET", "/assignees/{assignee}", readIssues, assignable),
  onRepository("issues/lock", "PUT", "/issues/{issue_number}/lock", triageIssues, lock),
  onRepository("issues/unlock", "DELETE", "/issues/{issue_number}/lock", triageIssues, (call) => {
    const issue = findIssue(call, "write");
    if (!issue.locked) throw new GitHubError(422, "Issue is not locked");
    setLock(call, { ...issue, locked: false, lockReason: null }, "unlocked", authorOf(call));
    return { status: 204 };
  }),
];
