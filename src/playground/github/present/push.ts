import { emailOf } from "../git/commit-author.ts";
import type { CommitObject } from "../git/commit-object.ts";
import { found } from "../github-error.ts";
import type { RefMove } from "../ref-move.ts";
import type { AccountRow, RepositoryRow } from "../rows.ts";
import type { World } from "../world.ts";
import { timestamp } from "../world.ts";
import { htmlUrl, presentRepository } from "./repository.ts";

const seconds = (time: string) => Math.floor(Date.parse(time) / 1_000);

const noCommit = "0".repeat(40);
/** GitHub lists at most this many commits in a push. */
const commitsShown = 2048;

/** A commit with the paths that it touched. */
export interface PushedCommit extends CommitObject {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

/** The commits that a move brings, oldest first; for a new branch those that the default branch has not. */
export async function pushedCommits(world: World, repository: RepositoryRow, move: RefMove): Promise<PushedCommit[]> {
  if (move.after === null) return [];
  const git = world.git(repository);
  const from = move.before ?? repository.refs[`refs/heads/${repository.defaultBranch}`] ?? null;
  const tip = await git.resolve(move.after);
  if (tip === null) return [];
  const commits = await git.log(from, tip, commitsShown);
  const described = commits.map(async (commit) => {
    const files = await git.diff(commit.parents[0] ?? null, commit.sha);
    const paths = (status: string) => files.filter((file) => file.status === status).map((file) => file.path);
    const modified = [...paths("modified"), ...paths("renamed")];
    return { ...commit, added: paths("added"), removed: paths("removed"), modified };
  });
  return (await Promise.all(described)).reverse();
}

/** The payload of `push`. Its repository has numbers for times, as GitHub sends them there. */
export function presentPush(
  world: World,
  repository: RepositoryRow,
  move: RefMove,
  commits: readonly PushedCommit[],
  forced: boolean,
  pusher: AccountRow,
) {
  const html = htmlUrl(world, repository);
  const shown = commits.map((commit) => ({
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${html}/commit/${commit.sha}`,
    author: { name: commit.author.name, email: commit.author.email, date: commit.author.date },
    committer: { name: commit.committer.name, email: commit.committer.email, date: commit.committer.date },
    added: commit.added,
    removed: commit.removed,
    modified: commit.modified,
  }));
  return {
    ref: move.ref,
    before: move.before ?? noCommit,
    after: move.after ?? noCommit,
    created: move.before === null,
    deleted: move.after === null,
    forced,
    base_ref: null,
    compare: `${html}/compare/${(move.before ?? noCommit).slice(0, 12)}...${(move.after ?? noCommit).slice(0, 12)}`,
    commits: shown,
    head_commit: shown.at(-1) ?? null,
    pusher: { name: pusher.login, email: emailOf(pusher) },
    repository: {
      ...presentRepository(world, found(world.store.tables.repositories.get(repository.id))),
      created_at: seconds(repository.createdAt),
      pushed_at: seconds(timestamp(world)),
    },
  };
}
