import type { Author } from "../actor.ts";
import { forbidden, found, notFound, unprocessable } from "../github-error.ts";
import { authorOf, numberParam, type RepositoryCall, sameName } from "../operation.ts";
import { atLeast, hasGrant, levelOf, type RepositoryAccess } from "../permissions.ts";
import { isPull } from "../pull-rows.ts";
import type { AccountRow, IssueRow, LabelRow, PermissionLevel, PullRequestRow } from "../rows.ts";

export const readIssues: RepositoryAccess = { app: ["issues:read", "pull_requests:read"], user: "read" };
/** Whoever may read may write something; each operation asks for more where GitHub does. */
export const writeIssues: RepositoryAccess = { app: ["issues:write", "pull_requests:write"], user: "read" };
export const triageIssues: RepositoryAccess = { app: ["issues:write", "pull_requests:write"], user: "triage" };
export const readPulls: RepositoryAccess = { app: ["pull_requests:read"], user: "read" };
export const writePulls: RepositoryAccess = { app: ["pull_requests:write"], user: "read" };
export const readContents: RepositoryAccess = { app: ["contents:read"], user: "read" };
export const writeContents: RepositoryAccess = { app: ["contents:write"], user: "write" };

/** GitHub's limit for the text of an issue, a comment and a review, in characters. */
export const textLimit = 65_536;

/** The issue of the path. An App needs the permission for issues, or for pull requests when it is one. */
export function findIssue(call: RepositoryCall, access: "read" | "write" = "read", name = "issue_number"): IssueRow {
  const number = numberParam(call, name);
  const issue = found(call.world.store.tables.issues.in(call.repository.id).find((row) => row.number === number));
  requireIssueGrant(call, issue, access);
  return issue;
}

/** Refuses an App that has only the permission for the other kind. */
export function requireIssueGrant(call: RepositoryCall, issue: IssueRow, access: "read" | "write"): void {
  if (call.actor.kind !== "installation" || hasGrant(call.actor.permissions, `issues:${access}`)) return;
  if (isPull(issue) && hasGrant(call.actor.permissions, `pull_requests:${access}`)) return;
  throw forbidden("Resource not accessible by integration");
}

export function findPull(call: RepositoryCall): PullRequestRow {
  const number = numberParam(call, "pull_number");
  const issue = call.world.store.tables.issues.in(call.repository.id).find((row) => row.number === number);
  if (issue === undefined || !isPull(issue)) throw notFound();
  return issue;
}

/** The level of the caller; an App's permissions have passed already, so it counts as a writer. */
export function callerLevel(call: RepositoryCall): PermissionLevel | null {
  if (call.actor.kind === "installation") return "write";
  return call.actor.kind === "user" ? levelOf(call.world.store, call.repository, call.actor.account.id) : null;
}

export function callerHas(call: RepositoryCall, level: PermissionLevel): boolean {
  return atLeast(callerLevel(call), level);
}

/** Passes for the author of something, and for those with the level. An App may change only what it wrote, or anything with its grant. */
export function requireAuthorOr(call: RepositoryCall, authorId: number, level: PermissionLevel): Author {
  const by = authorOf(call);
  if (by.account.id === authorId || callerHas(call, level)) return by;
  throw forbidden("Must have admin rights to Repository.");
}

export function requireLevel(call: RepositoryCall, level: PermissionLevel): Author {
  const by = authorOf(call);
  if (callerHas(call, level)) return by;
  throw forbidden("You do not have permission to do this on this repository.");
}

export function findLabel(call: RepositoryCall, name: string): LabelRow | undefined {
  return call.world.store.tables.labels.in(call.repository.id).find((row) => sameName(row.name, name));
}

export function findAccount(call: Pick<RepositoryCall, "world">, login: string): AccountRow | undefined {
  return call.world.store.tables.accounts.find((row) => sameName(row.login, login));
}

/** Refuses a text that is longer than GitHub takes. */
export function checkText(resource: string, text: string | null | undefined, required = false): void {
  if (required && (text ?? "").trim() === "") throw unprocessable("Body cannot be blank", resource, "body");
  if ((text?.length ?? 0) > textLimit)
    throw unprocessable(`body is too long (maximum is ${textLimit} characters)`, resource, "body");
}
