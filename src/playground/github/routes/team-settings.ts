import { z } from "zod";
import { requiresAuthentication, validationFailed } from "../github-error.ts";
import { bodyOf, findRepository, type Operation, type Reply } from "../operation.ts";
import { presentAccount } from "../present/account.ts";
import { presentFullTeam, presentTeam } from "../present/team.ts";
import type { AccountRow, PermissionLevel, RepositoryRow, TeamRow } from "../rows.ts";
import { putTeamMember } from "../team-members.ts";
import { account, findTeam, type OrganizationCall, onOrganization } from "./teams.ts";

const levels: Readonly<Record<string, PermissionLevel>> = {
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};

function userOf(call: OrganizationCall): AccountRow {
  if (!("account" in call.actor)) throw requiresAuthentication();
  return call.actor.account;
}

function emitTeam(
  call: OrganizationCall,
  action: string,
  team: TeamRow,
  payload: Readonly<Record<string, unknown>>,
  repository?: RepositoryRow,
): void {
  call.world.emit({
    event: "team",
    action,
    sender: userOf(call),
    organizationId: call.organization.id,
    ...(repository === undefined ? {} : { repository }),
    payload: { team: presentTeam(call.world, team), ...payload },
  });
}

/** A renamed team gets the slug of its new name: what named it by the old one names nobody any more. */
function rename(call: OrganizationCall): Reply {
  const team = findTeam(call);
  const { name } = bodyOf(call, z.object({ name: z.string() }));
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const row = call.world.store.transaction(() => {
    const changed = call.world.store.tables.teams.put({ ...team, name, slug });
    emitTeam(call, "edited", changed, { changes: { name: { from: team.name } } });
    return changed;
  });
  return { status: 200, body: presentFullTeam(call.world, row) };
}

function remove(call: OrganizationCall): Reply {
  const team = findTeam(call);
  call.world.store.transaction(() => {
    emitTeam(call, "deleted", team, {});
    call.world.store.tables.teams.remove(team.id);
  });
  return { status: 204 };
}

/** Gives a team a level in a repository, or takes it away. */
function setRepository(call: OrganizationCall, added: boolean): Reply {
  const { world } = call;
  const team = findTeam(call);
  const repository = findRepository(world, call.param("owner"), call.param("repo"));
  const { permission } = added
    ? bodyOf(call, z.object({ permission: z.string().default("push") }))
    : { permission: "" };
  const level = levels[permission];
  if (added && level === undefined) throw validationFailed({ resource: "Team", field: "permission", code: "invalid" });
  const others = Object.entries(team.repositories ?? {}).filter(([id]) => id !== String(repository.id));
  const mine: [string, PermissionLevel][] = level === undefined ? [] : [[String(repository.id), level]];
  world.store.transaction(() => {
    const row = world.store.tables.teams.put({ ...team, repositories: Object.fromEntries([...others, ...mine]) });
    emitTeam(call, added ? "added_to_repository" : "removed_from_repository", row, {}, repository);
  });
  return { status: 204 };
}

/** Somebody leaves the organisation, and with it all of its teams. */
function removeMember(call: OrganizationCall): Reply {
  const { world, organization } = call;
  const [user, by] = [account(call), userOf(call)];
  const row = world.store.tables.memberships.in(organization.id).find((membership) => membership.userId === user.id);
  if (row === undefined) return { status: 204 };
  world.store.transaction(() => {
    for (const team of world.store.tables.teams.in(organization.id)) putTeamMember(world, team, user, false, by);
    world.store.tables.memberships.remove(row.id);
    const membership = {
      url: `${world.url}/api/v3/orgs/${organization.login}/memberships/${user.login}`,
      state: "inactive",
      role: row.role === "admin" ? "admin" : "member",
      organization_url: `${world.url}/api/v3/orgs/${organization.login}`,
      user: presentAccount(world, user),
    };
    world.emit({
      event: "organization",
      action: "member_removed",
      sender: by,
      organizationId: organization.id,
      payload: { membership },
    });
  });
  return { status: 204 };
}

const path = "/teams/{team_slug}";

export const teamSettingOperations: readonly Operation[] = [
  onOrganization("teams/update-in-org", "PATCH", path, rename),
  onOrganization("teams/delete-in-org", "DELETE", path, remove),
  onOrganization("teams/add-or-update-repo-permissions-in-org", "PUT", `${path}/repos/{owner}/{repo}`, (call) =>
    setRepository(call, true),
  ),
  onOrganization("teams/remove-repo-in-org", "DELETE", `${path}/repos/{owner}/{repo}`, (call) =>
    setRepository(call, false),
  ),
  onOrganization("orgs/remove-member", "DELETE", "/members/{username}", removeMember),
];
