import { z } from "zod";
import { found, notFound, unprocessable } from "../github-error.ts";
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
import { canSee } from "../permissions.ts";
import { presentIssue, presentIssueInFull } from "../present/issue.ts";
import { presentRepository } from "../present/repository.ts";
import type { IssueRow } from "../rows.ts";
import { findIssue, readIssues, triageIssues } from "./find.ts";

/** GitHub takes at most this many sub-issues below one issue. */
const maxSubIssues = 100;

const subIssueSchema = z.object({ sub_issue_id: z.number(), replace_parent: z.boolean().optional() });
const prioritySchema = z.object({
  sub_issue_id: z.number(),
  after_id: z.number().nullish(),
  before_id: z.number().nullish(),
});

function issueById(call: RepositoryCall, id: number): IssueRow {
  return found(call.world.store.tables.issues.get(id));
}

/** Tells both sides, each with its own action, as GitHub does. */
function emit(call: RepositoryCall, verb: "added" | "removed", parent: IssueRow, child: IssueRow): void {
  const { world, repository } = call;
  const pair = {
    parent_issue_id: parent.id,
    parent_issue: presentIssue(world, parent),
    sub_issue_id: child.id,
    sub_issue: presentIssue(world, child),
  };
  const about = { event: "sub_issues", sender: authorOf(call).account, repository };
  const shown = presentRepository(world, repository);
  world.emit({ ...about, action: `sub_issue_${verb}`, payload: { ...pair, sub_issue_repo: shown } });
  world.emit({ ...about, action: `parent_issue_${verb}`, payload: { ...pair, parent_issue_repo: shown } });
}

function detach(call: RepositoryCall, child: IssueRow): void {
  const parent = call.world.store.tables.issues.get(child.parentId);
  if (parent === undefined) return;
  const left = putIssue(call.world, { ...parent, subIssueIds: parent.subIssueIds.filter((id) => id !== child.id) });
  emit(call, "removed", left, putIssue(call.world, { ...child, parentId: null }));
}

function isAbove(call: RepositoryCall, id: number, issue: IssueRow): boolean {
  for (
    let above: IssueRow | undefined = issue;
    above !== undefined;
    above = call.world.store.tables.issues.get(above.parentId)
  ) {
    if (above.id === id) return true;
  }
  return false;
}

function add(call: RepositoryCall) {
  const { world } = call;
  const parent = findIssue(call, "write");
  const body = bodyOf(call, subIssueSchema);
  const child = issueById(call, body.sub_issue_id);
  if (isAbove(call, child.id, parent))
    throw unprocessable("An issue cannot be a sub-issue of itself or of one of its own sub-issues");
  if (child.parentId === parent.id) throw unprocessable("Sub issue is already a sub-issue of this issue");
  if (child.parentId !== null && body.replace_parent !== true)
    throw unprocessable("Sub issue may only have one parent");
  if (parent.subIssueIds.length >= maxSubIssues)
    throw unprocessable(`Parent cannot have more than ${maxSubIssues} sub-issues`);
  const changed = world.store.transaction(() => {
    detach(call, child);
    const above = putIssue(world, { ...issueById(call, parent.id), subIssueIds: [...parent.subIssueIds, child.id] });
    emit(call, "added", above, putIssue(world, { ...issueById(call, child.id), parentId: parent.id }));
    return above;
  });
  return { status: 201, body: presentIssueInFull(world, changed) };
}

function remove(call: RepositoryCall) {
  const parent = findIssue(call, "write");
  const child = issueById(call, bodyOf(call, subIssueSchema).sub_issue_id);
  if (child.parentId !== parent.id) throw notFound();
  call.world.store.transaction(() => detach(call, child));
  return { status: 200, body: presentIssueInFull(call.world, issueById(call, parent.id)) };
}

function reprioritize(call: RepositoryCall) {
  const parent = findIssue(call, "write");
  const { sub_issue_id, after_id, before_id } = bodyOf(call, prioritySchema);
  const others = parent.subIssueIds.filter((id) => id !== sub_issue_id);
  const neighbour = others.indexOf(after_id ?? before_id ?? 0);
  if (others.length === parent.subIssueIds.length || neighbour < 0)
    throw unprocessable("The sub-issue or its neighbour is not a sub-issue of this issue");
  const at = typeof after_id === "number" ? neighbour + 1 : neighbour;
  const subIssueIds = [...others.slice(0, at), sub_issue_id, ...others.slice(at)];
  const changed = call.world.store.transaction(() => putIssue(call.world, { ...parent, subIssueIds }));
  return { status: 200, body: presentIssueInFull(call.world, changed) };
}

function block(call: RepositoryCall, verb: "added" | "removed", blocked: IssueRow, blocker: IssueRow): void {
  const { world, repository } = call;
  const blockedByIds =
    verb === "added" ? [...blocked.blockedByIds, blocker.id] : blocked.blockedByIds.filter((id) => id !== blocker.id);
  const changed = putIssue(world, { ...blocked, blockedByIds });
  const shown = presentRepository(world, repository);
  const pair = {
    blocked_issue_id: changed.id,
    blocked_issue: presentIssue(world, changed),
    blocking_issue_id: blocker.id,
    blocking_issue: presentIssue(world, blocker),
  };
  const about = { event: "issue_dependencies", sender: authorOf(call).account, repository };
  world.emit({ ...about, action: `blocked_by_${verb}`, payload: { ...pair, blocking_issue_repo: shown } });
  world.emit({ ...about, action: `blocking_${verb}`, payload: { ...pair, blocked_issue_repo: shown } });
}

function addBlocker(call: RepositoryCall) {
  const blocked = findIssue(call, "write");
  const blocker = issueById(call, bodyOf(call, z.object({ issue_id: z.number() })).issue_id);
  if (blocker.id === blocked.id || blocked.blockedByIds.includes(blocker.id))
    throw unprocessable("The dependency exists or would be a cycle");
  call.world.store.transaction(() => block(call, "added", blocked, blocker));
  return { status: 201, body: presentIssueInFull(call.world, issueById(call, blocker.id)) };
}

function removeBlocker(call: RepositoryCall) {
  const blocked = findIssue(call, "write");
  const blocker = issueById(call, numberParam(call, "issue_id"));
  if (!blocked.blockedByIds.includes(blocker.id)) throw notFound();
  call.world.store.transaction(() => block(call, "removed", blocked, blocker));
  return { status: 200, body: presentIssueInFull(call.world, blocker) };
}

/** Issues of other repositories are shown to whoever sees those. */
function isSeen({ world, actor }: RepositoryCall, issue: IssueRow): boolean {
  return canSee(world.store, found(world.store.tables.repositories.get(issue.repositoryId)), actor);
}

function parentOf(call: RepositoryCall): IssueRow {
  const parent = found(call.world.store.tables.issues.get(findIssue(call).parentId));
  if (!isSeen(call, parent)) throw notFound();
  return parent;
}

function list(call: RepositoryCall, ids: (issue: IssueRow) => readonly number[]) {
  const rows = call.world.store.tables.issues.pick(ids(findIssue(call))).filter((issue) => isSeen(call, issue));
  return page(call, rows, (issue) => presentIssue(call.world, issue));
}

const path = "/issues/{issue_number}";

export const subIssueOperations: readonly Operation[] = [
  onRepository("issues/list-sub-issues", "GET", `${path}/sub_issues`, readIssues, (call) =>
    list(call, (issue) => issue.subIssueIds),
  ),
  onRepository("issues/add-sub-issue", "POST", `${path}/sub_issues`, triageIssues, add),
  onRepository("issues/remove-sub-issue", "DELETE", `${path}/sub_issue`, triageIssues, remove),
  onRepository("issues/reprioritize-sub-issue", "PATCH", `${path}/sub_issues/priority`, triageIssues, reprioritize),
  onRepository("issues/get-parent", "GET", `${path}/parent`, readIssues, (call) => ({
    status: 200,
    body: presentIssueInFull(call.world, parentOf(call)),
  })),
  onRepository("issues/list-dependencies-blocked-by", "GET", `${path}/dependencies/blocked_by`, readIssues, (call) =>
    list(call, (issue) => issue.blockedByIds),
  ),
  onRepository("issues/list-dependencies-blocking", "GET", `${path}/dependencies/blocking`, readIssues, (call) =>
    list(call, (issue) =>
      call.world.store.tables.issues
        .in(call.repository.id)
        .filter((row) => row.blockedByIds.includes(issue.id))
        .map((row) => row.id),
    ),
  ),
  onRepository("issues/add-blocked-by-dependency", "POST", `${path}/dependencies/blocked_by`, triageIssues, addBlocker),
  onRepository(
    "issues/remove-dependency-blocked-by",
    "DELETE",
    `${path}/dependencies/blocked_by/{issue_id}`,
    triageIssues,
    removeBlocker,
  ),
];
