import type { Author } from "./actor.ts";
import { found } from "./github-error.ts";
import { presentIssue } from "./present/issue.ts";
import { presentPull } from "./present/pull.ts";
import { isPull } from "./pull-rows.ts";
import type { IssueRow, StateReason } from "./rows.ts";
import type { World } from "./world.ts";
import { timestamp } from "./world.ts";

/** Tells of a change of an issue or of a pull request: the event is `issues` or `pull_request`. */
export function emitIssueEvent(
  world: World,
  issue: IssueRow,
  action: string,
  by: Author,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const repository = found(world.store.tables.repositories.get(issue.repositoryId));
  const subject = isPull(issue)
    ? { number: issue.number, pull_request: presentPull(world, issue) }
    : { issue: presentIssue(world, issue) };
  world.emit({
    event: isPull(issue) ? "pull_request" : "issues",
    action,
    sender: by.account,
    repository,
    payload: { ...subject, ...extra },
  });
}

/** Replaces an issue with a new time of change. */
export function putIssue(world: World, issue: IssueRow): IssueRow {
  return world.store.tables.issues.put({ ...issue, updatedAt: timestamp(world) });
}

/** Closes an open issue or pull request, and tells of it. */
export function closeIssue(world: World, issue: IssueRow, by: Author, reason: StateReason): void {
  if (issue.state === "closed") return;
  const closed = putIssue(world, {
    ...issue,
    state: "closed",
    stateReason: isPull(issue) ? null : reason,
    closedAt: timestamp(world),
    closedById: by.account.id,
  });
  emitIssueEvent(world, closed, "closed", by);
}

/** Opens a closed issue or pull request again, and tells of it. */
export function reopenIssue(world: World, issue: IssueRow, by: Author): void {
  if (issue.state === "open") return;
  const stateReason = isPull(issue) ? null : "reopened";
  emitIssueEvent(
    world,
    putIssue(world, { ...issue, state: "open", stateReason, closedAt: null, closedById: null }),
    "reopened",
    by,
  );
}

const closingWords = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi;

/** Closes the issues that a text merged into the default branch names ("Fixes #3"). */
export function closeNamedIssues(world: World, repositoryId: number, text: string, by: Author): void {
  const numbers = new Set([...text.matchAll(closingWords)].map((match) => Number(match[1])));
  for (const issue of world.store.tables.issues.in(repositoryId)) {
    if (numbers.has(issue.number) && !isPull(issue)) closeIssue(world, issue, by, "completed");
  }
}
