import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { isLacking, nullWhenLacking, statusOf } from "../client/request-failure.ts";
import { organizationPermissions, permissions } from "../registry.ts";
import type { RepositoryStanding } from "./repository-standing.ts";

/** What GitHub says of an installation now. */
export type InstallationFacts =
  | { readonly kind: "uninstalled" }
  | { readonly kind: "suspended" }
  | { readonly kind: "active"; readonly missing: readonly string[] };

type AppClient = () => Promise<GitHubClient>;

const ranks: readonly string[] = ["read", "write", "admin"];

/**
 * Asks GitHub, as the App itself, how an installation stands. A 404 is the end of the installation, or a server that does
 * not tell of installations: then a token that can be had says that it is there.
 */
export async function readInstallation(
  appOctokit: AppClient,
  octokit: GitHubClient,
  installation: number,
): Promise<InstallationFacts> {
  const app = await appOctokit();
  try {
    const { data } = await app.rest.apps.getInstallation({ installation_id: installation });
    if (data.suspended_at != null) return { kind: "suspended" };
    return { kind: "active", missing: missingOf(data.permissions, data.target_type === "Organization") };
  } catch (error) {
    if (!isLacking(error)) throw error;
    return (await refreshToken(octokit)) ? { kind: "active", missing: [] } : { kind: "uninstalled" };
  }
}

/** A server that does not tell what was granted lacks nothing that could be named. */
function missingOf(
  granted: Readonly<Record<string, string | undefined>> | undefined,
  isOrganization: boolean,
): readonly string[] {
  if (granted === undefined) return [];
  return Object.entries(permissions)
    .filter(([name]) => isOrganization || !organizationPermissions.some((permission) => permission === name))
    .filter(([name, access]) => ranks.indexOf(granted[name] ?? "") < ranks.indexOf(access))
    .map(([name, access]) => `${name}: ${access}`);
}

/**
 * Takes a new token: one that was made before an installation changed keeps its old permissions for up to an hour.
 * False where none can be had.
 * @see https://github.com/octokit/auth-app.js#authinstallation-options `refresh`
 */
export async function refreshToken(octokit: GitHubClient): Promise<boolean> {
  try {
    await octokit.auth({ type: "installation", refresh: true });
    return true;
  } catch (error) {
    if (isLacking(error) || statusOf(error) === 401) return false;
    throw error;
  }
}

/** Every repository that an active installation gives access to; null where a server does not list them. */
export async function readRepositories(
  octokit: GitHubClient,
  installation: number,
  missing: readonly string[],
): Promise<readonly RepositoryStanding[] | null> {
  const found = await nullWhenLacking(
    octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }),
  );
  if (found === null) return null;
  return found.map((repository) => ({
    installation,
    repository: repository.id,
    owner: repository.owner.login,
    repo: repository.name,
    paused: repository.archived === true ? "archived" : null,
    missing,
    shown: true,
  }));
}

/** How one repository stands, in an installation that is active; GitHub leads on from a former name. */
export async function readRepository(
  octokit: GitHubClient,
  ref: RepositoryRef,
  missing: readonly string[],
): Promise<RepositoryStanding> {
  const { installation, repository, owner, repo } = ref;
  const known = { installation, repository, owner, repo, missing, shown: true };
  try {
    const { data } = await octokit.rest.repos.get({ owner, repo });
    // Somebody else's repository under the old name is not ours.
    if (data.id !== repository) return { ...known, paused: "gone" };
    const place = { ...known, owner: data.owner.login, repo: data.name };
    return { ...place, paused: data.archived ? "archived" : null };
  } catch (error) {
    const status = statusOf(error);
    // 403 is an installation that may not see it any more, 451 a repository that was taken down.
    if (status === 404 || status === 403 || status === 451) return { ...known, paused: "gone" };
    throw error;
  }
}
