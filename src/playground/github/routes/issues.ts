import { z } from "zod";
import { setAssignees } from "../assigning.ts";
import { forbidden, found, validationFailed } from "../github-error.ts";
import { closeIssue, emitIssueEvent, putIssue, reopenIssue } from "../issue-events.ts";
import { labelsNamed, setLabels } from "../labelling.ts";
import { authorOf, bodyOf, type Operation, onRepository, type RepositoryCall } from "../operation.ts";
import { hasGrant } from "../permissions.ts";
import { presentIssueInFull, presentMilestone } from "../present/issue.ts";
import { isPull } from "../pull-rows.ts";
import type { IssueRow } from "../rows.ts";
import {
  callerHas,
  checkText,
  findAccount,
  findIssue,
  readIssues,
  requireAuthorOr,
  requireLevel,
  writeIssues,
} from "./find.ts";
import { listIssues } from "./issue-list.ts";
import { checkTitle, editIssue, newIssue } from "./issue-text.ts";

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

export const issueOperations: readonly Operation[] = [
  onRepository("issues/list-for-repo", "GET", "/issues", readIssues, listIssues),
  onRepository("issues/create", "POST", "/issues", writeIssues, create),
  onRepository("issues/get", "GET", "/issues/{issue_number}", readIssues, (call) => ({
    status: 200,
    body: presentIssueInFull(call.world, findIssue(call)),
  })),
  onRepository("issues/update", "PATCH", "/issues/{issue_number}", writeIssues, update),
];
