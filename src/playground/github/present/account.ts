import type { AccountRow, RepositoryRow } from "../rows.ts";
import type { World } from "../world.ts";

/** GitHub's opaque id for its GraphQL API. */
export function nodeId(kind: string, id: number): string {
  return Buffer.from(`${kind}:${id}`).toString("base64url");
}

/** `simple-user`: also for organizations and bots. */
export function presentAccount(world: World, account: AccountRow) {
  const url = `${world.url}/api/v3/users/${encodeURIComponent(account.login)}`;
  const html = account.type === "Bot" ? `apps/${account.login.replace("[bot]", "")}` : account.login;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.url}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url: `${world.url}/${html}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** The account with this id as `simple-user`, or null. */
export function presentAccountId(world: World, id: number | null) {
  const account = world.store.tables.accounts.get(id);
  return account === undefined ? null : presentAccount(world, account);
}

/** `public-user`: what `/user` and `/users/{username}` answer. */
export function presentProfile(world: World, account: AccountRow) {
  return {
    ...presentAccount(world, account),
    name: account.login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: world.store.tables.repositories.in(account.id).filter((row) => !row.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

/** `organization-simple`, as webhooks and memberships carry it. */
export function presentOrganization(world: World, account: AccountRow) {
  const url = `${world.url}/api/v3/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("Organization", account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${account.id}`,
    description: null,
  };
}

/** `author_association` of an account to a repository. */
export function associationOf(world: World, repository: RepositoryRow, accountId: number): string {
  if (repository.ownerId === accountId) return "OWNER";
  if (world.store.tables.memberships.in(repository.ownerId).some((row) => row.userId === accountId)) return "MEMBER";
  return String(accountId) in repository.collaborators ? "COLLABORATOR" : "NONE";
}
