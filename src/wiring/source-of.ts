import { join } from "node:path";
import { ensureMirror } from "../execution/infrastructure/mirror.ts";
import type { OctokitFor, RepositoryRef } from "../github/client/octokit.ts";
import { asJobError, nullWhenLacking, statusOf } from "../github/client/request-failure.ts";
import { RetryableError } from "../kernel/errors.ts";

/** Where candidates start from: a mirror that holds both commits. */
export type Source = {
  readonly mirror: string;
  readonly baseSha: string;
  readonly startSha: string;
  /** Heads of the branches with tests that were asked for; one that is gone is left out. */
  readonly tests: readonly string[];
};

export type SourceDeps = {
  readonly octokitFor: OctokitFor;
  /** A client that acts as the App itself, by JWT. */
  readonly appOctokit: () => Promise<Client>;
  readonly webUrl: string;
  readonly dataDir: string;
};

/**
 * Brings the repository's bare mirror up to date and answers with the head of the default branch and of the task's
 * branch (the former again when there is none yet). The token is narrowed to reading this repository's contents; the
 * deliberation worker gets the mirror's path and never a token.
 */
export function createSourceOf(
  deps: SourceDeps,
): (ref: RepositoryRef, branch: string | null, testBranches?: readonly string[]) => Promise<Source> {
  return async (ref, branch, testBranches = []) => {
    try {
      return await bringUpToDate(deps, ref, branch, testBranches);
    } catch (error) {
      throw asJobError(error, Date.now());
    }
  };
}

async function bringUpToDate(
  deps: SourceDeps,
  ref: RepositoryRef,
  branch: string | null,
  testBranches: readonly string[],
): Promise<Source> {
  const octokit = await deps.octokitFor(ref.installation);
  const { owner, repo } = ref;
  const { data: repository } = await octokit.rest.repos.get({ owner, repo });
  const { data: base } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${repository.default_branch}` });
  const start = branch === null ? null : await headOf(octokit, ref, branch);
  const tests: string[] = [];
  for (const name of testBranches) {
    const head = await headOf(octokit, ref, name);
    if (head !== null) tests.push(head);
  }
  const mirror = join(deps.dataDir, "mirrors", `${ref.repository}.git`);
  const token = await readingToken(await deps.appOctokit(), ref);
  const authorizationHeader = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  await fetchFromFirst(cloneUrls(deps.webUrl, `/${owner}/${repo}.git`, repository.clone_url), (url) =>
    ensureMirror({ url, directory: mirror, authorizationHeader }),
  );
  return { mirror, baseSha: base.object.sha, startSha: start ?? base.object.sha, tests };
}

type Client = Awaited<ReturnType<OctokitFor>>;

async function headOf(octokit: Client, { owner, repo }: RepositoryRef, branch: string): Promise<string | null> {
  try {
    const { data } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}` });
    return data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/**
 * Where git may find the repository: where GitHub says, if that is on the configured host (git may listen on a port or
 * below a path of its own), and where GitHub keeps it. The token goes to no other host, whatever an answer says.
 */
export function cloneUrls(webUrl: string, path: string, told: string | undefined): readonly string[] {
  const usual = `${webUrl}${path}`;
  if (told === undefined || told === usual || !URL.canParse(told)) return [usual];
  const { protocol, hostname, username, password } = new URL(told);
  const configured = new URL(webUrl);
  const sameHost = hostname === configured.hostname && protocol === configured.protocol;
  return sameHost && username === "" && password === "" ? [told, usual] : [usual];
}

/** The first address that works; the failure of the last one where none does. */
async function fetchFromFirst(urls: readonly string[], fetchFrom: (url: string) => Promise<void>): Promise<void> {
  for (const [index, url] of urls.entries()) {
    try {
      return await fetchFrom(url);
    } catch (error) {
      if (!(error instanceof RetryableError) || index === urls.length - 1) throw error;
    }
  }
}

/** A token that reads this repository's contents and nothing else; of a server that cannot narrow one, what it gives. */
async function readingToken(app: Client, { installation, repository }: RepositoryRef): Promise<string> {
  const { createInstallationAccessToken } = app.rest.apps;
  const narrowed = await nullWhenLacking(
    createInstallationAccessToken({
      installation_id: installation,
      repository_ids: [repository],
      permissions: { contents: "read" },
    }).catch((error: unknown) => {
      if (statusOf(error) === 422) return null;
      throw error;
    }),
  );
  return (narrowed ?? (await createInstallationAccessToken({ installation_id: installation }))).data.token;
}
