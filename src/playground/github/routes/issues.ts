import { z } from "zod";
import { viaApp } from "../actor.ts";
import { setAssignees } from "../assigning.ts";
import { forbidden, found, GitHubError, notFound, validationFailed } from "../github-error.ts";
import { closeIssue, emitIssueEvent, putIssue, reopenIssue } from "../issue-events.ts";
import { labelsNamed, setLabels } from "../labelling.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall } from "../operation.ts";
import { hasGrant } from "../permissions.ts";
import { presentAccountId } from "../present/account.ts";
import { presentIssue, presentIssueInFull, presentMilestone } from "../present/issue.ts";
import { isPull } from "../pull-rows.ts";
import type { IssueRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import {
  callerHas,
  checkText,
  findAccount,
  findIssue,
  readIssues,
  requireAuthorOr,
  requireLevel,
  triageIssues,
  writeIssues,
} from "./find.ts";

const titleLimit = 256;
const labelName = z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)]);
const common = {
  body: z.string().nullish(),
  labels: z.array(labelName).optional(),
  assignees: z.array(z.string()).optional(),
  assignee: z.string().nullish(),
  milestone: z.union([z.number(), z.string().transform(Number)]).nullish(),
};
const title = z.union([z.string(), z.number().transform(String)]);
const createSchema = z.object({ title: title.optional(), ...common });
const updateSchema = z.object({
  title: title.nullish(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullish(),
  ...common,
});
type Update = z.output<typeof updateSchema>;

/** Refuses a title that GitHub refuses. */
export function checkTitle(resource: string, text: string | undefined): string {
  const field = { resource, field: "title" };
  if (text === undefined || text.trim() === "") throw validationFailed({ ...field, code: "missing_field" });
  if (text.length > titleLimit)
    throw validationFailed({
      ...field,
      code: "custom",
      message: `title is too long (maximum is ${titleLimit} characters)`,
    });
  return text;
}

/** Takes the next number of the repository. Only inside a transaction. */
export function takeNumber(call: RepositoryCall): number {
  const { repositories } = call.world.store.tables;
  const current = found(repositories.get(call.repository.id));
  repositories.put({ ...current, nextNumber: current.nextNumber + 1 });
  return current.nextNumber;
}

/** A new open issue with nothing on it. Only inside a transaction. */
export function newIssue(call: RepositoryCall, text: string, body: string | null): IssueRow {
  const by = authorOf(call);
  const time = timestamp(call.world);
  return {
    id: call.world.store.id(),
    repositoryId: call.repository.id,
    number: takeNumber(call),
    title: text,
    body,
    state: "open",
    stateReason: null,
    authorId: by.account.id,
    appId: viaApp(by),
    labelIds: [],
    assigneeIds: [],
    milestoneId: null,
    locked: false,
    lockReason: null,
    createdAt: time,
    updatedAt: time,
    closedAt: null,
    closedById: null,
    parentId: null,
    subIssueIds: [],
    blockedByIds: [],
    pull: null,
  };
}

function create(call: RepositoryCall) {
  const { world, repository } = call;
  const by = authorOf(call);
  if (by.kind === "installation" && !hasGrant(by.permissions, "issues:write"))
    throw forbidden("Resource not accessible by integration");
  const body = bodyOf(call, createSchema);
  const text = checkTitle("Issue", body.title);
  checkText("Issue", body.body);
  // GitHub drops what somebody without triage asks for silently.
  const wanted = callerHas(call, "triage") ? body : {};
  const milestoneId = milestoneOf(call, wanted.milestone) ?? null;
  const assigneeIds = assigneesOf(call, wanted) ?? [];
  const issue = world.store.transaction(() => {
    const labels = labelsNamed(world, repository, wanted.labels ?? [], by, callerHas(call, "write"));
    const row = world.store.tables.issues.put({
      ...newIssue(call, text, body.body ?? null),
      labelIds: labels.map((label) => label.id),
      assigneeIds,
      milestoneId,
    });
    emitIssueEvent(world, row, "opened", by);
    setLabels(world, { ...row, labelIds: [] }, labels, by);
    setAssignees(world, { ...row, assigneeIds: [] }, assigneeIds, by);
    emitMilestone(call, row, { ...row, milestoneId: null });
    return found(world.store.tables.issues.get(row.id));
  });
  return { status: 201, body: presentIssueInFull(world, issue) };
}

function update(call: RepositoryCall) {
  const { world } = call;
  const issue = findIssue(call, "write");
  const body = bodyOf(call, updateSchema);
  const by = authorOf(call);
  requireForUpdate(call, issue, body);
  if (body.title !== undefined && body.title !== null) checkTitle("Issue", body.title);
  checkText("Issue", body.body);
  const milestoneId = milestoneOf(call, body.milestone);
  const assigneeIds = assigneesOf(call, body);
  const changed = world.store.transaction(() => {
    let row = editIssue(call, issue, {
      title: body.title ?? issue.title,
      body: body.body === undefined ? issue.body : body.body,
    });
    if (milestoneId !== undefined && milestoneId !== row.milestoneId) {
      const before = row;
      row = putIssue(world, { ...row, milestoneId });
      emitMilestone(call, row, before);
    }
    if (body.labels !== undefined)
      row = setLabels(world, row, labelsNamed(world, call.repository, body.labels, by, callerHas(call, "write")), by);
    if (assigneeIds !== undefined) row = setAssignees(world, row, assigneeIds, by);
    if (body.state === "closed") closeIssue(world, row, by, body.state_reason ?? "completed");
    if (body.state === "open") reopenIssue(world, row, by);
    return found(world.store.tables.issues.get(issue.id));
  });
  return { status: 200, body: presentIssueInFull(world, changed) };
}

function requireForUpdate(call: RepositoryCall, issue: IssueRow, body: Update): void {
  const sorts =
    body.labels !== undefined ||
    body.assignees !== undefined ||
    body.assignee !== undefined ||
    body.milestone !== undefined;
  if (sorts) requireLevel(call, "triage");
  if (body.state !== undefined && body.state !== issue.state) requireAuthorOr(call, issue.authorId, "triage");
  if (body.title !== undefined || body.body !== undefined) requireAuthorOr(call, issue.authorId, "write");
  if (body.state === "open" && isPull(issue) && issue.pull.mergedAt !== null) {
    throw validationFailed({
      resource: "PullRequest",
      field: "state",
      code: "invalid",
      message: "state cannot be changed. The pull request was merged.",
    });
  }
}

/** Changes title and body, and tells what they were. Only inside a transaction. */
export function editIssue(
  call: RepositoryCall,
  issue: IssueRow,
  text: { title: string; body: string | null },
): IssueRow {
  const changes = {
    ...(text.title === issue.title ? {} : { title: { from: issue.title } }),
    ...((text.body ?? "") === (issue.body ?? "") ? {} : { body: { from: issue.body ?? "" } }),
  };
  if (Object.keys(changes).length === 0) return issue;
  const edited = putIssue(call.world, { ...issue, ...text });
  emitIssueEvent(call.world, edited, "edited", authorOf(call), { changes });
  return edited;
}

/** The milestone's id; undefined when the caller does not speak of it. */
function milestoneOf(call: RepositoryCall, number: number | null | undefined): number | null | undefined {
  if (number === undefined || number === null) return number;
  const milestone = call.world.store.tables.milestones.in(call.repository.id).find((row) => row.number === number);
  if (milestone === undefined)
    throw validationFailed({ resource: "Issue", field: "milestone", code: "invalid", value: String(number) });
  return milestone.id;
}

function assigneesOf(call: RepositoryCall, body: Pick<Update, "assignees" | "assignee">): number[] | undefined {
  const logins =
    body.assignees ?? (body.assignee === undefined ? undefined : body.assignee === null ? [] : [body.assignee]);
  return logins?.map((login) => {
    const account = findAccount(call, login);
    if (account === undefined)
      throw validationFailed({ resource: "Issue", field: "assignees", code: "invalid", value: login });
    return account.id;
  });
}

function emitMilestone(call: RepositoryCall, issue: IssueRow, before: IssueRow): void {
  const { world } = call;
  const tell = (id: number | null, action: string) => {
    const milestone = world.store.tables.milestones.get(id);
    if (milestone !== undefined)
      emitIssueEvent(world, issue, action, authorOf(call), { milestone: presentMilestone(world, milestone) });
  };
  tell(before.milestoneId, "demilestoned");
  tell(issue.milestoneId, "milestoned");
}

function list(call: RepositoryCall) {
  const { world, query } = call;
  const { accounts, labels, milestones } = world.store.tables;
  const state = query.get("state") ?? "open";
  const names = (query.get("labels") ?? "")
    .split(",")
    .filter(Boolean)
    .map((name) => name.toLowerCase());
  const has = (issue: IssueRow, name: string) =>
    labels.pick(issue.labelIds).some((label) => label.name.toLowerCase() === name);
  const since = query.get("since");
  const creator = query.get("creator");
  const assignee = query.get("assignee");
  const milestone = query.get("milestone");
  const rows = world.store.tables.issues.in(call.repository.id).filter(
    (issue) =>
      (state === "all" || issue.state === state) &&
      names.every((name) => has(issue, name)) &&
      (since === null || Date.parse(issue.updatedAt) >= Date.parse(since)) &&
      (creator === null || accounts.get(issue.authorId)?.login === creator) &&
      (assignee === null ||
        matchesOne(
          assignee,
          issue.assigneeIds.map((id) => accounts.get(id)?.login ?? ""),
        )) &&
      (milestone === null ||
        matchesOne(
          milestone,
          [milestones.get(issue.milestoneId)?.number].flatMap((number) =>
            number === undefined ? [] : [String(number)],
          ),
        )),
  );
  return page(call, sorted(call, rows), (issue) => presentIssue(world, issue));
}

function matchesOne(wanted: string, values: readonly string[]): boolean {
  if (wanted === "*") return values.length > 0;
  return wanted === "none" ? values.length === 0 : values.includes(wanted);
}

/** Sorts by the caller's `sort` and `direction`, newest first by default. */
export function sorted<R extends { id: number; createdAt: string; updatedAt: string }>(
  call: RepositoryCall,
  rows: readonly R[],
  ascending = false,
): R[] {
  const time = (row: R) => (call.query.get("sort") === "updated" ? row.updatedAt : row.createdAt);
  const up = (call.query.get("direction") ?? (ascending ? "asc" : "desc")) === "asc" ? 1 : -1;
  return [...rows].sort((a, b) => up * (time(a).localeCompare(time(b)) || a.id - b.id));
}

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

export const issueOperations: readonly Operation[] = [
  onRepository("issues/list-for-repo", "GET", "/issues", readIssues, list),
  onRepository("issues/create", "POST", "/issues", writeIssues, create),
  onRepository("issues/get", "GET", "/issues/{issue_number}", readIssues, (call) => ({
    status: 200,
    body: presentIssueInFull(call.world, findIssue(call)),
  })),
  onRepository("issues/update", "PATCH", "/issues/{issue_number}", writeIssues, update),
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
