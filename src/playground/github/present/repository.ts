import type { Actor } from "../actor.ts";
import { found } from "../github-error.ts";
import { atLeast, levelOf } from "../permissions.ts";
import type { PermissionLevel, RepositoryRow } from "../rows.ts";
import type { World } from "../world.ts";
import { nodeId, presentAccount } from "./account.ts";

/** The address of a repository in the REST API. */
export function apiUrl(world: World, repository: RepositoryRow): string {
  return `${world.url}/api/v3/repos/${fullName(world, repository)}`;
}

/** The address of a repository for people. */
export function htmlUrl(world: World, repository: RepositoryRow): string {
  return `${world.url}/${fullName(world, repository)}`;
}

export function fullName(world: World, repository: RepositoryRow): string {
  return `${found(world.store.tables.accounts.get(repository.ownerId)).login}/${repository.name}`;
}

const linkPaths = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

/** The fields that every form of a repository has (`repository`, `minimal-repository`, webhooks). */
export function presentRepository(world: World, repository: RepositoryRow) {
  const url = apiUrl(world, repository);
  const html = htmlUrl(world, repository);
  const openIssues = world.store.tables.issues.in(repository.id).filter((row) => row.state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(world, repository),
    private: repository.private,
    owner: presentAccount(world, found(world.store.tables.accounts.get(repository.ownerId))),
    html_url: html,
    description: repository.description,
    fork: repository.forkOf !== undefined,
    url,
    ...Object.fromEntries(Object.entries(linkPaths).map(([name, path]) => [name, `${url}${path}`])),
    git_url: `${html.replace(/^http/, "git")}.git`,
    ssh_url: `${html}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues: openIssues,
    open_issues_count: openIssues,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived === true,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
  };
}

/** `full-repository`, with what the caller may do in it. */
export function presentFullRepository(world: World, repository: RepositoryRow, actor: Actor) {
  const owner = found(world.store.tables.accounts.get(repository.ownerId));
  return {
    ...presentRepository(world, repository),
    ...(owner.type === "Organization" ? { organization: presentAccount(world, owner) } : {}),
    ...(actor.kind === "user"
      ? { permissions: presentPermissions(levelOf(world.store, repository, actor.account.id)) }
      : {}),
    allow_rebase_merge: true,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    allow_update_branch: true,
    subscribers_count: 0,
    network_count: 0,
  };
}

export function presentPermissions(level: PermissionLevel | null) {
  return {
    admin: atLeast(level, "admin"),
    maintain: atLeast(level, "maintain"),
    push: atLeast(level, "write"),
    triage: atLeast(level, "triage"),
    pull: atLeast(level, "read"),
  };
}
