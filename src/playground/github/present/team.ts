import { found } from "../github-error.ts";
import { membersOf } from "../permissions.ts";
import type { TeamRow } from "../rows.ts";
import type { World } from "../world.ts";
import { nodeId, presentOrganization } from "./account.ts";

/** `team-simple`: a team without its parent. */
export function presentSimpleTeam(world: World, team: TeamRow) {
  const organization = found(world.store.tables.accounts.get(team.organizationId));
  const url = `${world.url}/api/v3/organizations/${organization.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("Team", team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: "closed",
    permission: "pull",
    url,
    html_url: `${world.url}/orgs/${organization.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
  };
}

/** `team`. */
export function presentTeam(world: World, team: TeamRow) {
  const parent = world.store.tables.teams.get(team.parentId);
  return { ...presentSimpleTeam(world, team), parent: parent === undefined ? null : presentSimpleTeam(world, parent) };
}

/** `team-full`. */
export function presentFullTeam(world: World, team: TeamRow) {
  const account = found(world.store.tables.accounts.get(team.organizationId));
  return {
    ...presentTeam(world, team),
    members_count: membersOf(world.store, team).length,
    repos_count: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
    organization: {
      ...presentOrganization(world, account),
      name: account.login,
      html_url: `${world.url}/${account.login}`,
      has_organization_projects: false,
      has_repository_projects: false,
      public_repos: world.store.tables.repositories.in(account.id).filter((row) => !row.private).length,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: account.createdAt,
      updated_at: account.createdAt,
      archived_at: null,
      type: "Organization",
    },
  };
}
