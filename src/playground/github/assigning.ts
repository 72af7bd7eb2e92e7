import type { Author } from "./actor.ts";
import { emitIssueEvent, putIssue } from "./issue-events.ts";
import { presentAccountId } from "./present/account.ts";
import type { IssueRow } from "./rows.ts";
import type { World } from "./world.ts";

/** Gives an issue exactly these assignees: one event for each that goes or comes. Only inside a transaction. */
export function setAssignees(world: World, issue: IssueRow, ids: readonly number[], by: Author): IssueRow {
  const removed = issue.assigneeIds.filter((id) => !ids.includes(id));
  const added = ids.filter((id) => !issue.assigneeIds.includes(id));
  if (removed.length === 0 && added.length === 0) return issue;
  const changed = putIssue(world, { ...issue, assigneeIds: ids });
  for (const id of removed) emitIssueEvent(world, changed, "unassigned", by, { assignee: presentAccountId(world, id) });
  for (const id of added) emitIssueEvent(world, changed, "assigned", by, { assignee: presentAccountId(world, id) });
  return changed;
}
