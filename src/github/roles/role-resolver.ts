import { humanRoles, type Role, type RoleAnswer } from "../../kernel/roles.ts";
import type { GitHubClient, OctokitFor, RepositoryRef } from "../client/octokit.ts";
import { isLacking, statusOf } from "../client/request-failure.ts";
import type { ConfigurationAnswer } from "../configuration/repository-configuration.ts";
import { permissionName, rolesOfPermission } from "./permission-roles.ts";

export type GitHubUser = { readonly id: number; readonly login: string };

/** Looks up which roles a person holds in a repository. Never throws: a failed look-up is an answer. */
export type RolesOf = (ref: RepositoryRef, user: GitHubUser) => Promise<RoleAnswer>;

/** Where answers are kept for a short while. The role is part of what is kept, so the key names person and file. */
export interface RoleCache {
  get(key: string): RoleAnswer | undefined;
  set(key: string, answer: RoleAnswer): unknown;
}

export type RoleResolverDeps = {
  readonly octokitFor: OctokitFor;
  readonly configurationOf: (ref: RepositoryRef) => Promise<ConfigurationAnswer>;
  /** With an expiry of its own, e.g. an `LRUCache` with `ttl`; only successful look-ups are put there. */
  readonly cache: RoleCache;
};

/**
 * People get roles from teams or logins of `.github/fleet.yml`, and for roles that it does not set from their permission
 * in the repository. A look-up has three answers: member, outsider (404), unknown (anything else); one unknown makes the
 * whole answer unknown, which never passes (DOMAIN.md §1).
 */
export function createRoleResolver(deps: RoleResolverDeps): RolesOf {
  return async (ref, user) => {
    try {
      const { configuration, sha } = await deps.configurationOf(ref);
      const key = `${ref.repository}/${user.id}/${sha ?? "defaults"}`;
      const cached = deps.cache.get(key);
      if (cached !== undefined) return cached;
      const answer = await lookUp(await deps.octokitFor(ref.installation), ref, user, configuration.roles ?? {});
      if (answer.known) deps.cache.set(key, answer);
      return answer;
    } catch (error) {
      return unknown("the repository's settings", error);
    }
  };
}

type Mapping = NonNullable<ConfigurationAnswer["configuration"]["roles"]>;
type Lookup = { readonly answer: "member" | "outsider" } | { readonly answer: "unknown"; readonly why: RoleAnswer };

async function lookUp(
  octokit: GitHubClient,
  ref: RepositoryRef,
  user: GitHubUser,
  mapping: Mapping,
): Promise<RoleAnswer> {
  const held = new Set<Role>();
  const teams = new Map<string, Lookup>();
  for (const role of humanRoles) {
    for (const actor of mapping[role] ?? []) {
      if (!actor.includes("/")) {
        if (actor.replace(/^@/, "").toLowerCase() === user.login.toLowerCase()) held.add(role);
        continue;
      }
      const result = teams.get(actor) ?? (await lookUpTeam(octokit, actor, user));
      teams.set(actor, result);
      if (result.answer === "unknown") return result.why;
      if (result.answer === "member") held.add(role);
    }
  }
  if (humanRoles.every((role) => mapping[role] !== undefined)) return { known: true, roles: inOrder(held) };
  const permission = await lookUpPermission(octokit, ref, user);
  if (!permission.known) return permission;
  for (const role of permission.roles) {
    if (role === "system" || mapping[role] === undefined) held.add(role);
  }
  return { known: true, roles: inOrder(held) };
}

/** `@org/team`; a pending invitation is no membership. */
async function lookUpTeam(octokit: GitHubClient, team: string, user: GitHubUser): Promise<Lookup> {
  const [org = "", team_slug = ""] = team.replace(/^@/, "").split("/");
  try {
    const { data } = await octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug, username: user.login });
    return { answer: data.state === "active" ? "member" : "outsider" };
  } catch (error) {
    if (statusOf(error) === 404) return { answer: "outsider" };
    return { answer: "unknown", why: unknown(`the team ${team}`, error) };
  }
}

async function lookUpPermission(octokit: GitHubClient, ref: RepositoryRef, user: GitHubUser): Promise<RoleAnswer> {
  const { owner, repo } = ref;
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ owner, repo, username: user.login });
    const name = permissionName(data.permission, data.user?.permissions);
    return { known: true, roles: rolesOfPermission(data.role_name, name) };
  } catch (error) {
    // Whose own account the repository belongs to needs no look-up.
    if (isLacking(error) && user.login.toLowerCase() === owner.toLowerCase())
      return { known: true, roles: rolesOfPermission("admin", "admin") };
    if (statusOf(error) === 404) return { known: true, roles: [] };
    return unknown("your permission in this repository", error);
  }
}

function unknown(what: string, error: unknown): RoleAnswer {
  const status = statusOf(error);
  return {
    known: false,
    why: `looking up ${what} failed (${status === null ? "no answer from GitHub" : `GitHub said ${status}`}${isLacking(error) ? "; logins in .github/fleet.yml need no look-up" : ""})`,
  };
}

function inOrder(held: ReadonlySet<Role>): readonly Role[] {
  return humanRoles.filter((role) => held.has(role));
}
