import { z } from "zod";
import type { Actor } from "../actor.ts";
import { forbidden, found, notFound, requiresAuthentication } from "../github-error.ts";
import { bodyOf, type Call, type Method, type Operation, page, type Reply, sameName } from "../operation.ts";
import { hasGrant, membersOf } from "../permissions.ts";
import { presentAccount, presentAccountId, presentOrganization } from "../present/account.ts";
import { presentFullTeam, presentTeam } from "../present/team.ts";
import type { AccountRow, TeamRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { putTeamMember } from "../team-members.ts";

export interface OrganizationCall extends Call {
  readonly organization: AccountRow;
}

/** An operation on an organization: for its members, and for Apps with the permission "members" that are installed there. */
export function onOrganization(
  id: string,
  method: Method,
  path: string,
  handle: (call: OrganizationCall) => Reply,
): Operation {
  return {
    id,
    method,
    path: `/orgs/{org}${path}`,
    handle: (call) => {
      const row = call.world.store.tables.accounts.find((account) => sameName(account.login, call.param("org")));
      const organization = found(row?.type === "Organization" ? row : undefined);
      requireMembersAccess(call.world.store, organization, call.actor, method === "GET" ? "read" : "write");
      return handle({ ...call, organization });
    },
  };
}

function requireMembersAccess(store: Store, organization: AccountRow, actor: Actor, access: "read" | "write"): void {
  if (actor.kind === "anonymous") throw requiresAuthentication();
  if (actor.kind === "app") throw forbidden("Resource not accessible by integration");
  if (actor.kind === "installation") {
    if (actor.installation.accountId === organization.id && hasGrant(actor.permissions, `members:${access}`)) return;
    throw forbidden("Resource not accessible by integration");
  }
  const membership = store.tables.memberships.in(organization.id).find((row) => row.userId === actor.account.id);
  if (membership === undefined) throw access === "read" ? notFound() : forbidden("Must be an organization member");
  if (access === "write" && membership.role !== "admin") throw forbidden("You must be an admin to change teams.");
}

/** The team of the path. */
export function findTeam(call: OrganizationCall): TeamRow {
  const slug = call.param("team_slug");
  return found(call.world.store.tables.teams.in(call.organization.id).find((row) => sameName(row.slug, slug)));
}

/** The person of the path; GitHub shows nothing of a suspended one. */
export function account(call: Call): AccountRow {
  const row = call.world.store.tables.accounts.find((candidate) => sameName(candidate.login, call.param("username")));
  return found(row?.suspended === true ? undefined : row);
}

function presentMembership(call: OrganizationCall, team: TeamRow, user: AccountRow) {
  const url = `${call.world.url}/api/v3/organizations/${call.organization.id}/team/${team.id}/memberships/${user.login}`;
  const memberships = call.world.store.tables.memberships.in(call.organization.id);
  const isOwner = memberships.some((row) => row.userId === user.id && row.role === "admin");
  // "The role for organization owners is set to maintainer", says GitHub's description of the operation.
  return { url, role: isOwner ? "maintainer" : "member", state: "active" };
}

/** Members of nested teams count as members of the team. */
function teamMembership(call: OrganizationCall) {
  const [team, user] = [findTeam(call), account(call)];
  if (!membersOf(call.world.store, team).includes(user.id)) throw notFound();
  return { status: 200, body: presentMembership(call, team, user) };
}

function setTeamMember(call: OrganizationCall, member: boolean) {
  const [team, user] = [findTeam(call), account(call)];
  if (!("account" in call.actor)) throw requiresAuthentication();
  const by = call.actor.account;
  call.world.store.transaction(() => putTeamMember(call.world, team, user, member, by));
  return member ? { status: 200, body: presentMembership(call, team, user) } : { status: 204 };
}

function organizationMembership(call: OrganizationCall) {
  const user = account(call);
  const row = found(
    call.world.store.tables.memberships.in(call.organization.id).find((membership) => membership.userId === user.id),
  );
  const organization = presentOrganization(call.world, call.organization);
  const body = {
    url: `${organization.url}/memberships/${user.login}`,
    state: "active",
    role: row.role,
    organization_url: organization.url,
    organization,
    user: presentAccount(call.world, user),
  };
  return { status: 200, body };
}

function createTeam(call: OrganizationCall) {
  const { store } = call.world;
  const body = bodyOf(call, z.object({ name: z.string(), parent_team_id: z.number().optional() }));
  const slug = body.name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const team = store.transaction(() =>
    store.tables.teams.put({
      id: store.id(),
      organizationId: call.organization.id,
      slug,
      name: body.name,
      parentId: body.parent_team_id ?? null,
      memberIds: [],
    }),
  );
  return { status: 201, body: presentFullTeam(call.world, team) };
}

const path = "/teams/{team_slug}";

export const teamOperations: readonly Operation[] = [
  onOrganization("teams/list", "GET", "/teams", (call) =>
    page(call, call.world.store.tables.teams.in(call.organization.id), (team) => presentTeam(call.world, team)),
  ),
  onOrganization("teams/create", "POST", "/teams", createTeam),
  onOrganization("teams/get-by-name", "GET", path, (call) => ({
    status: 200,
    body: presentFullTeam(call.world, findTeam(call)),
  })),
  onOrganization("teams/list-members-in-org", "GET", `${path}/members`, (call) =>
    page(call, membersOf(call.world.store, findTeam(call)), (id) => presentAccountId(call.world, id)),
  ),
  onOrganization("teams/list-child-in-org", "GET", `${path}/teams`, (call) => {
    const team = findTeam(call);
    const nested = call.world.store.tables.teams.in(call.organization.id).filter((row) => row.parentId === team.id);
    return page(call, nested, (row) => presentTeam(call.world, row));
  }),
  onOrganization("teams/get-membership-for-user-in-org", "GET", `${path}/memberships/{username}`, teamMembership),
  onOrganization("teams/add-or-update-membership-for-user-in-org", "PUT", `${path}/memberships/{username}`, (call) =>
    setTeamMember(call, true),
  ),
  onOrganization("teams/remove-membership-for-user-in-org", "DELETE", `${path}/memberships/{username}`, (call) =>
    setTeamMember(call, false),
  ),
  onOrganization("orgs/get-membership-for-user", "GET", "/memberships/{username}", organizationMembership),
  onOrganization("orgs/list-members", "GET", "/members", (call) =>
    page(call, call.world.store.tables.memberships.in(call.organization.id), (row) =>
      presentAccountId(call.world, row.userId),
    ),
  ),
];
