import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";

/** The account that GitHub commits as when somebody uses its web editor or merges there: nobody's authorship. */
const webFlow = "web-flow";
/** Pages of 100 commits that are read at most. */
const maxPages = 5;

const coAuthor = /^co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\s]+)>[ \t]*$/gim;
/** `ID+login@users.noreply.github.com`, and the older form without the id; on other GitHubs with their own host. */
const noReply = /^(?:(\d+)\+)?([a-z\d](?:[a-z\d-]{0,38}))@users\.noreply\./i;
const login = /^[a-z\d](?:[a-z\d-]{0,38})$/i;

/** Somebody as a commit names them: an account's id, or its login. */
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

/** Accounts by their addresses, in lower case, as GitHub itself matched them. */
type Accounts = ReadonlyMap<string, number>;

/** Who a commit's message names as co-authors; by an address of `accounts` where it is one. */
export function coAuthorsOf(message: string, accounts: Accounts = new Map()): readonly Named[] {
  return [...message.matchAll(coAuthor)].flatMap(([, name = "", email = ""]) => {
    const id = accounts.get(email.toLowerCase());
    return id === undefined ? (accountOf(name, email) ?? []) : { id };
  });
}

type Commit = Awaited<ReturnType<GitHubClient["rest"]["repos"]["getCommit"]>>["data"];

/** Everybody who worked on a branch. */
export type BranchAuthors = {
  /** GitHub's ids of accounts, oldest first. */
  readonly ids: readonly number[];
  /** Logins, in lower case, where a commit tells nothing else of somebody. */
  readonly logins: readonly string[];
  /** False where the branch has more commits than are read. */
  readonly complete: boolean;
};

/**
 * Everybody who authored, co-authored or committed to what a commit has over the default branch (nobody decides on own
 * work, DOMAIN.md §1). Nobody is looked up: who is judged by a login is compared by it.
 */
export async function authorsOfBranch(
  octokit: GitHubClient,
  ref: RepositoryRef,
  base: string,
  sha: string,
): Promise<BranchAuthors> {
  const { commits, complete } = await commitsOf(octokit, ref, base, sha);
  const accounts = accountsOf(commits);
  const named = commits.flatMap((commit) => [...peopleOf(commit), ...coAuthorsOf(commit.commit.message, accounts)]);
  const ids = new Set(named.flatMap((person) => ("id" in person ? [person.id] : [])));
  const logins = new Set(named.flatMap((person) => ("login" in person ? [person.login.toLowerCase()] : [])));
  return { ids: [...ids], logins: [...logins], complete };
}

type Commits = { readonly commits: readonly Commit[]; readonly complete: boolean };

async function commitsOf(octokit: GitHubClient, ref: RepositoryRef, base: string, sha: string): Promise<Commits> {
  const { owner, repo } = ref;
  const basehead = `${base}...${sha}`;
  const commits: Commit[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const request = octokit.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 100, page });
    const compared = await nullWhenLacking(request);
    if (compared === null) return page === 1 ? onlyCommit(octokit, ref, sha) : { commits, complete: false };
    commits.push(...compared.data.commits);
    // Not by the length of a page: servers differ in how many they send.
    if (!(commits.length < compared.data.total_commits)) return { commits, complete: true };
    if (compared.data.commits.length === 0) break;
  }
  return { commits, complete: false };
}

/** Servers without comparisons name the authors of the newest commit at least. */
async function onlyCommit(octokit: GitHubClient, { owner, repo }: RepositoryRef, sha: string): Promise<Commits> {
  const commit = await nullWhenLacking(octokit.rest.repos.getCommit({ owner, repo, ref: sha }));
  return { commits: commit === null ? [] : [commit.data], complete: true };
}

/** The author and the committer, each as GitHub knows the account and as the commit has it. */
function pairsOf(commit: Commit) {
  return [
    { account: commit.author, written: commit.commit.author },
    { account: commit.committer, written: commit.commit.committer },
  ].map(({ account, written }) => ({
    id: account !== null && "id" in account && account.login !== webFlow ? account.id : undefined,
    isWebFlow: account !== null && "id" in account && account.login === webFlow,
    written,
  }));
}

function accountsOf(commits: readonly Commit[]): Accounts {
  const pairs = commits.flatMap(pairsOf);
  return new Map(
    pairs.flatMap(({ id, written }) =>
      id === undefined || !written?.email ? [] : [[written.email.toLowerCase(), id]],
    ),
  );
}

function peopleOf(commit: Commit): readonly Named[] {
  return pairsOf(commit).flatMap(({ id, isWebFlow, written }) => {
    if (isWebFlow) return [];
    return id === undefined ? (accountOf(written?.name ?? "", written?.email ?? "") ?? []) : [{ id }];
  });
}
