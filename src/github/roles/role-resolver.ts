import type { Clock } from "../../kernel/clock.ts";
import { humanRoles, type Role, type RoleAnswer } from "../../kernel/roles.ts";
import type { GitHubClient, OctokitFor, RepositoryRef } from "../client/octokit.ts";
import { isLacking, nullWhenLacking, statusOf } from "../client/request-failure.ts";
import type { ConfigurationAnswer } from "../configuration/repository-configuration.ts";
import { type AccountStanding, accountStanding } from "./account-standing.ts";
import { type Actor, parseActor, sameLogin } from "./actor.ts";
import { permissionName, rolesOfPermission } from "./permission-roles.ts";
import { createRoleCache, type RoleScope } from "./role-cache.ts";

export type GitHubUser = { readonly id: number; readonly login: string };

/** Looks up which roles a person holds in a repository. Never throws: a failed look-up is an answer. */
export type RolesOf = (ref: RepositoryRef, user: GitHubUser) => Promise<RoleAnswer>;

/** Roles of people. */
export type Roles = {
  readonly of: RolesOf;
  /** Forgets what was looked up: after an event that says that memberships or permissions changed. */
  readonly forget: (scope: RoleScope) => void;
};

export type RoleResolverDeps = {
  readonly octokitFor: OctokitFor;
  readonly configurationOf: (ref: RepositoryRef) => Promise<ConfigurationAnswer>;
  /**
   * How long an answer holds in milliseconds; default a minute, within which a change of roles takes effect, heard of or
   * not: nothing below this cache keeps an answer.
   */
  readonly ttlMs?: number;
  readonly clock: Clock;
};

/**
 * People get roles from teams or logins of `.github/fleet.yml`, and for roles that it does not set from their permission
 * in the repository. A look-up has three answers: member, outsider, unknown (anything else); one unknown makes the
 * whole answer unknown, which never passes (DOMAIN.md §1).
 *
 * GitHub's look-up of a team covers the teams nested in it. Teams of other organisations than the repository's owner
 * have no members here: an installation reads only its own account's. An account that is gone or suspended holds no
 * role; a bot only those of work, and only where the file names it.
 */
export function createRoleResolver(deps: RoleResolverDeps): Roles {
  const cache = createRoleCache(deps.ttlMs ?? 60_000, deps.clock);

  async function lookUp(ref: RepositoryRef, user: GitHubUser, mapping: Mapping): Promise<RoleAnswer> {
    const octokit = await deps.octokitFor(ref.installation);
    let standing: AccountStanding;
    try {
      standing = await accountStanding(octokit, user);
    } catch (error) {
      return unknown("your account", error);
    }
    switch (standing.kind) {
      case "gone":
        return { known: true, roles: [], note: "GitHub knows no such account any more" };
      case "suspended":
        return { known: true, roles: [], note: "the account is suspended" };
      case "bot":
        return { known: true, roles: rolesOfBot(mapping, standing.login), note: "a bot decides at no gate" };
      case "person":
        return rolesOfPerson(octokit, ref, { id: user.id, login: standing.login }, mapping);
    }
  }

  return {
    forget: cache.forget,
    async of(ref, user) {
      try {
        const { configuration, sha } = await deps.configurationOf(ref);
        const key = { repository: ref.repository, user: user.id, configuration: sha };
        return await cache.through(key, () => lookUp(ref, user, configuration.roles ?? {}));
      } catch (error) {
        return unknown("the repository's settings", error);
      }
    },
  };
}

type Mapping = NonNullable<ConfigurationAnswer["configuration"]["roles"]>;

/** The roles whose holders decide nothing. */
const rolesOfWork: readonly Role[] = ["developer", "devops", "data"];

function rolesOfBot(mapping: Mapping, login: string): readonly Role[] {
  const named = (role: (typeof humanRoles)[number]) => actorsOf(mapping, role).some((actor) => isLogin(actor, login));
  return humanRoles.filter((role) => rolesOfWork.includes(role) && named(role));
}

function actorsOf(mapping: Mapping, role: (typeof humanRoles)[number]): readonly Actor[] {
  return (mapping[role] ?? []).map(parseActor);
}

function isLogin(actor: Actor, login: string): boolean {
  return actor.kind === "login" && sameLogin(actor.login, login);
}

/** GitHub's longest page. */
const membersInAPage = 100;

type Lookup = { readonly answer: "member" | "outsider" } | { readonly answer: "unknown"; readonly why: RoleAnswer };

async function rolesOfPerson(
  octokit: GitHubClient,
  ref: RepositoryRef,
  user: GitHubUser,
  mapping: Mapping,
): Promise<RoleAnswer> {
  const held = new Set<Role>();
  const teams = new Map<string, Lookup>();
  for (const role of humanRoles) {
    for (const actor of actorsOf(mapping, role)) {
      if (isLogin(actor, user.login)) held.add(role);
      if (actor.kind === "login" || held.has(role)) continue;
      const name = `${actor.organization}/${actor.slug}`.toLowerCase();
      const result = teams.get(name) ?? (await lookUpTeam(octokit, ref, actor, user));
      teams.set(name, result);
      if (result.answer === "unknown") return result.why;
      if (result.answer === "member") held.add(role);
    }
  }
  if (humanRoles.every((role) => mapping[role] !== undefined)) return { known: true, roles: inOrder(held) };
  const permission = await lookUpPermission(octokit, ref, user.login);
  if (!permission.known) return permission;
  for (const role of permission.roles) {
    if (role === "system" || mapping[role] === undefined) held.add(role);
  }
  return { known: true, roles: inOrder(held) };
}

/**
 * The list of a team's members is read where it is short: it has an ETag, so that to ask again is free, while "no member"
 * is a 404 that costs a request each time. A long or hidden list leaves the question about the one person.
 */
async function lookUpTeam(
  octokit: GitHubClient,
  ref: RepositoryRef,
  team: Extract<Actor, { kind: "team" }>,
  { id, login: username }: GitHubUser,
): Promise<Lookup> {
  if (!sameLogin(team.organization, ref.owner)) return { answer: "outsider" };
  const { organization: org, slug: team_slug } = team;
  try {
    const members = await nullWhenLacking(listMembers(octokit, { org, team_slug }));
    if (members !== null) return { answer: members.includes(id) ? "member" : "outsider" };
    // `state` is pending while an invitation waits: that is no membership.
    const { data } = await octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug, username });
    return { answer: data.state === "active" ? "member" : "outsider" };
  } catch (error) {
    if (statusOf(error) === 404) return { answer: "outsider" };
    return { answer: "unknown", why: unknown(`the team @${org}/${team_slug}`, error) };
  }
}

/**
 * The ids of a team's members, those of nested teams among them, and of nobody whose invitation waits; null where they are
 * more than a page.
 * @see https://docs.github.com/rest/teams/members#list-team-members "will include the members of child teams"
 */
async function listMembers(
  octokit: GitHubClient,
  team: { readonly org: string; readonly team_slug: string },
): Promise<readonly number[] | null> {
  const { data } = await octokit.rest.teams.listMembersInOrg({ ...team, per_page: membersInAPage });
  return data.length < membersInAPage ? data.map(({ id }) => id) : null;
}

async function lookUpPermission(octokit: GitHubClient, ref: RepositoryRef, username: string): Promise<RoleAnswer> {
  const { owner, repo } = ref;
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ owner, repo, username });
    const name = permissionName(data.permission, data.user?.permissions);
    return { known: true, roles: rolesOfPermission(data.role_name, name) };
  } catch (error) {
    // Whose own account the repository belongs to needs no look-up.
    if (isLacking(error) && sameLogin(username, owner))
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
