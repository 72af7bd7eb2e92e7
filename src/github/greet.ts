import type { Logger } from "pino";
import type { GitHubClient, OctokitFor } from "./client/octokit.ts";
import { isLacking, nullWhenLacking, statusOf } from "./client/request-failure.ts";
import type { EnqueueWrite } from "./write/write-target.ts";

export type GreetDeps = {
  /** A client that acts as the App itself, by JWT. */
  readonly octokit: GitHubClient;
  readonly octokitFor: OctokitFor;
  /** Makes what is known of an installation right. */
  readonly follow: (installation: number) => Promise<void>;
  readonly write: EnqueueWrite;
  readonly log: Logger;
};

/** Why GitHub cannot be worked with yet, as a sentence; null when it answers. It is asked once, without retries. */
export async function whyUnreachable(octokit: GitHubClient, signal: AbortSignal): Promise<string | null> {
  try {
    await octokit.rest.apps.getAuthenticated({ request: { retries: 0, signal } });
    return null;
  } catch (error) {
    const status = statusOf(error);
    if (status === 401) return "GitHub refuses the App's key (401): APP_ID and PRIVATE_KEY must be of one App on it";
    // A server that does not describe Apps is there all the same.
    if (isLacking(error)) return null;
    return status === null ? "GitHub does not answer" : `GitHub answers with ${status}`;
  }
}

/**
 * Asks for the labels of every repository on which the App is installed already: whoever installed it before the fleet's
 * first start never tells, and issue forms drop labels that are not there. Returns the number of repositories.
 */
export async function greetInstallations(deps: GreetDeps): Promise<number> {
  const installations = await nullWhenLacking(
    deps.octokit.paginate(deps.octokit.rest.apps.listInstallations, { per_page: 100 }),
  );
  let count = 0;
  for (const { id, suspended_at } of installations ?? []) {
    await deps.follow(id);
    if (suspended_at !== null && suspended_at !== undefined) continue;
    const octokit = await deps.octokitFor(id);
    const repositories = await nullWhenLacking(
      octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }),
    );
    for (const { id: repository, name, owner, archived } of repositories ?? []) {
      if (archived === true) continue;
      await deps.write({ kind: "labels", ref: { installation: id, repository, owner: owner.login, repo: name } });
      count += 1;
    }
  }
  deps.log.info({ installations: installations?.length ?? null, repositories: count }, "the App's repositories");
  return count;
}
