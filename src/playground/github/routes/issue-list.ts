import { page, type RepositoryCall } from "../operation.ts";
import { presentIssue } from "../present/issue.ts";
import type { IssueRow } from "../rows.ts";

/** The issues and pull requests of a repository, filtered as the query says. */
export function listIssues(call: RepositoryCall) {
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
