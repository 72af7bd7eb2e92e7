import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";

/** The account that GitHub commits as when somebody uses its web editor or merges there: nobody's authorship. */
const webFlow = "web-flow";
/** Pages of 100 commits that are read at most, and accounts that are looked up by name at most. */
const maxPages = 5;
const maxLookUps = 10;

const coAuthor = /^co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\s]+)>[ \t]*$/gim;
/** `ID+login@users.noreply.github.com`, and the older form without the id; on other GitHubs with their own host. */
const noReply = /^(?:(\d+)\+)?([a-z\d](?:[a-z\d-]{0,38}))@users\.noreply\./i;
const login = /^[a-z\d](?:[a-z\d-]{0,38})$/i;

/** Somebody as a commit names them: an account's id, or a login that is to be looked up. */
type Named = { readonly id: number } | { readonly login: string };

/**
 * The account that a name and an address of a commit belong to; null where they do not say. GitHub's no-reply addresses
 * hold it; beside them a name that can be a login is taken for one, so that nobody hides behind an address of his own.
 */
export function accountOf(name: string, email: string): Named | null {
  const match = noReply.exec(email);
  if (match?.[1] !== undefined) return { id: Number(match[1]) };
  if (match?.[2] !== undefined) return { login: match[2] };
  return login.test(name) ? { login: name } : null;
}

/** Who a commit's message names as co-authors. */
export function coAuthorsOf(message: string): readonly Named[] {
  return [...message.matchAll(coAuthor)].flatMap(([, name = "", email = ""]) => accountOf(name, email) ?? []);
}

type Commit = Awaited<ReturnType<GitHubClient["rest"]["repos"]["getCommit"]>>["data"];

/**
 * The ids of everybody who authored, co-authored or committed to what a commit has over the default branch (nobody
 * decides on own work, DOMAIN.md §1), oldest first.
 */
export async function authorsOfBranch(
  octokit: GitHubClient,
  ref: RepositoryRef,
  base: string,
  sha: string,
): Promise<readonly number[]> {
  const commits = await commitsOf(octokit, ref, base, sha);
  const named = commits.flatMap((commit) => [...peopleOf(commit), ...coAuthorsOf(commit.commit.message)]);
  const ids = new Set(named.flatMap((person) => ("id" in person ? [person.id] : [])));
  const logins = new Set(named.flatMap((person) => ("login" in person ? [person.login.toLowerCase()] : [])));
  for (const username of [...logins].slice(0, maxLookUps)) {
    const user = await nullWhenLacking(octokit.rest.users.getByUsername({ username }));
    if (user !== null) ids.add(user.data.id);
  }
  return [...ids];
}

async function commitsOf(octokit: GitHubClient, ref: RepositoryRef, base: string, sha: string) {
  const { owner, repo } = ref;
  const basehead = `${base}...${sha}`;
  const found: Commit[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const request = octokit.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 100, page });
    const compared = await nullWhenLacking(request);
    found.push(...(compared?.data.commits ?? []));
    if (compared === null) return (await onlyCommit(octokit, ref, sha)) ?? found;
    if (compared.data.commits.length < 100) break;
  }
  return found;
}

/** Servers without comparisons name the authors of the newest commit at least. */
async function onlyCommit(octokit: GitHubClient, { owner, repo }: RepositoryRef, sha: string) {
  const commit = await nullWhenLacking(octokit.rest.repos.getCommit({ owner, repo, ref: sha }));
  return commit === null ? null : [commit.data];
}

function peopleOf(commit: Commit): readonly Named[] {
  const pairs = [
    [commit.author, commit.commit.author],
    [commit.committer, commit.commit.committer],
  ] as const;
  return pairs.flatMap(([account, written]) => {
    if (account !== null && "id" in account && account.id !== undefined)
      return account.login === webFlow ? [] : [{ id: account.id }];
    return accountOf(written?.name ?? "", written?.email ?? "") ?? [];
  });
}
