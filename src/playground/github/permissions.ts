import type { Actor } from "./actor.ts";
import { forbidden, notFound, requiresAuthentication } from "./github-error.ts";
import type { PermissionLevel, RepositoryRow, TeamRow } from "./rows.ts";
import type { Store } from "./store.ts";

const levels: readonly PermissionLevel[] = ["read", "triage", "write", "maintain", "admin"];

export type AppPermission =
  | "administration"
  | "checks"
  | "contents"
  | "issues"
  | "members"
  | "metadata"
  | "pull_requests"
  | "statuses";

/** A permission of an App that an operation asks for. */
export type Grant = `${AppPermission}:${"read" | "write"}`;

/** What an operation on a repository asks for: one of the grants of an App, or a level of a user. */
export interface RepositoryAccess {
  readonly app: readonly Grant[];
  readonly user: PermissionLevel;
}

export function atLeast(level: PermissionLevel | null, needed: PermissionLevel): boolean {
  return level !== null && levels.indexOf(level) >= levels.indexOf(needed);
}

/** The level of a user in a repository; null for none (a public repository still gives everybody "read"). */
export function levelOf(store: Store, repository: RepositoryRow, userId: number): PermissionLevel | null {
  if (repository.ownerId === userId) return "admin";
  const membership = store.tables.memberships.in(repository.ownerId).find((row) => row.userId === userId);
  if (membership?.role === "admin") return "admin";
  const given = [repository.collaborators[String(userId)], ...levelsOfTeams(store, repository, userId)];
  const highest = levels.findLast((level) => given.includes(level));
  return highest ?? (repository.private ? null : "read");
}

/** A team's level counts for its members and those of the teams nested in it. */
function levelsOfTeams(store: Store, repository: RepositoryRow, userId: number): (PermissionLevel | undefined)[] {
  return store.tables.teams
    .in(repository.ownerId)
    .filter((team) => team.repositories !== undefined && membersOf(store, team).includes(userId))
    .map((team) => team.repositories?.[String(repository.id)]);
}

export function hasGrant(permissions: Readonly<Record<string, string>>, grant: Grant): boolean {
  const [name = "", access] = grant.split(":");
  const held = name === "metadata" ? (permissions[name] ?? "read") : permissions[name];
  return held === "write" || held === "admin" || (access === "read" && held === "read");
}

/** Whether the actor may know that the repository exists. */
export function canSee(store: Store, repository: RepositoryRow, actor: Actor): boolean {
  if (actor.kind === "installation") return actor.repositoryIds.includes(repository.id) || !repository.private;
  if (actor.kind === "user") return levelOf(store, repository, actor.account.id) !== null;
  return actor.kind === "anonymous" && !repository.private;
}

/**
 * Passes when the actor may do this in the repository.
 * @throws GitHubError 404 when it may not see it, 401 for a write without credentials, 403 otherwise.
 */
export function requireRepositoryAccess(
  store: Store,
  repository: RepositoryRow,
  actor: Actor,
  access: RepositoryAccess,
): void {
  if (actor.kind === "app") throw forbidden("Resource not accessible by integration");
  if (!canSee(store, repository, actor)) throw notFound();
  if (repository.archived === true && access.app.every(isWriteOfContent))
    throw forbidden("Repository was archived so is read-only.");
  if (actor.kind === "installation") {
    const inside = actor.repositoryIds.includes(repository.id);
    if (inside && access.app.some((grant) => hasGrant(actor.permissions, grant))) return;
    throw forbidden("Resource not accessible by integration");
  }
  if (actor.kind === "anonymous") {
    if (access.user === "read") return;
    throw requiresAuthentication();
  }
  if (atLeast(levelOf(store, repository, actor.account.id), access.user)) return;
  throw forbidden(
    access.user === "admin"
      ? "Must have admin rights to Repository."
      : "Resource not accessible by personal access token",
  );
}

/** An archive can still be unarchived, moved and deleted. */
function isWriteOfContent(grant: Grant): boolean {
  return grant.endsWith(":write") && !grant.startsWith("administration:");
}

/** The members of a team, with those of the teams nested in it, as GitHub counts them. */
export function membersOf(store: Store, team: TeamRow): number[] {
  const nested = store.tables.teams.in(team.organizationId).filter((row) => row.parentId === team.id);
  return [...new Set([...team.memberIds, ...nested.flatMap((row) => membersOf(store, row))])];
}
