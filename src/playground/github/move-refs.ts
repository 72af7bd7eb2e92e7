import type { Author } from "./actor.ts";
import { found } from "./github-error.ts";
import { closeIssue, closeNamedIssues, emitIssueEvent, putIssue } from "./issue-events.ts";
import { type PushedCommit, presentPush, pushedCommits } from "./present/push.ts";
import { isHead, isPull, pullsToFollow } from "./pull-rows.ts";
import { pullStatistics } from "./pull-statistics.ts";
import type { RefMove } from "./ref-move.ts";
import type { PullPart, PullRequestRow, RepositoryRow } from "./rows.ts";
import type { World } from "./world.ts";
import { timestamp } from "./world.ts";

export interface MoveOptions {
  /** A push has moved the refs in git already. */
  readonly inGit?: boolean;
  /** A pull request that this move merges although its head is no ancestor of the result (squash, rebase). */
  readonly merges?: { readonly issueId: number; readonly sha: string };
}

interface PreparedMove extends RefMove {
  readonly commits: readonly PushedCommit[];
  readonly forced: boolean;
  readonly merged: ReadonlyMap<number, string>;
  readonly updated: ReadonlyMap<number, Partial<PullPart>>;
}

const branchPrefix = "refs/heads/";

/**
 * Moves refs with everything that follows from it on GitHub: push, create and delete events, pull requests that get new
 * commits, are merged or lose their branch, issues that a merged text closes. State and events are journaled first, then
 * git moves; a start in between finishes it. Call it inside {@link World.alone}.
 */
export async function moveRefs(
  world: World,
  repositoryId: number,
  moves: readonly RefMove[],
  by: Author,
  options: MoveOptions = {},
): Promise<void> {
  const { repositories } = world.store.tables;
  const repository = repositories.get(repositoryId);
  if (repository === undefined || moves.length === 0) return;
  const prepared = await Promise.all(moves.map((move) => prepare(world, repository, move, options)));
  world.store.transaction(() => {
    const current = repositories.get(repositoryId) ?? repository;
    const pendingRefs = Object.fromEntries(moves.map((move) => [move.ref, move.after]));
    const time = timestamp(world);
    repositories.put({ ...current, refs: movedRefs(current, moves), pendingRefs, pushedAt: time, updatedAt: time });
    for (const move of prepared) announce(world, repository, move, by);
  });
  await settleRefs(world, repositoryId, options.inGit === true);
}

/** Makes the journaled moves in git, and forgets them. */
export async function settleRefs(world: World, repositoryId: number, inGit = false): Promise<void> {
  const { repositories } = world.store.tables;
  const repository = repositories.get(repositoryId);
  if (repository === undefined || Object.keys(repository.pendingRefs).length === 0) return;
  for (const [ref, sha] of inGit ? [] : Object.entries(repository.pendingRefs))
    await world.git(repository).setRef(ref, sha);
  world.store.transaction(() => {
    const current = repositories.get(repositoryId);
    if (current !== undefined) repositories.put({ ...current, pendingRefs: {} });
  });
}

function movedRefs(repository: RepositoryRow, moves: readonly RefMove[]): Record<string, string> {
  const refs = new Map(Object.entries(repository.refs));
  for (const { ref, after } of moves) {
    if (after === null) refs.delete(ref);
    else refs.set(ref, after);
  }
  return Object.fromEntries(refs);
}

async function prepare(
  world: World,
  repository: RepositoryRow,
  move: RefMove,
  options: MoveOptions,
): Promise<PreparedMove> {
  const git = world.git(repository);
  const { before, after } = move;
  const commits = await pushedCommits(world, repository, move);
  const forced = before !== null && after !== null && !(await git.isAncestor(before, after));
  const merged = new Map<number, string>();
  const updated = new Map<number, Partial<PullPart>>();
  const branch = branchOf(move);
  if (after === null || branch === null) return { ...move, commits, forced, merged, updated };
  const open = pullsToFollow(world.store, repository);
  const arrived = open.some((row) => isBase(row, repository.id, branch)) ? await git.added(before, after) : new Set();
  for (const pull of open) {
    if (isBase(pull, repository.id, branch)) {
      if (options.merges?.issueId === pull.id) merged.set(pull.id, options.merges.sha);
      else if (arrived.has(pull.pull.headSha)) merged.set(pull.id, after);
    } else if (isHead(pull, repository.id, branch)) {
      const base = found(world.store.tables.repositories.get(pull.repositoryId));
      const into = world.git(base);
      if (base.id !== repository.id) await into.take(git, after);
      const baseSha = base.refs[branchPrefix + pull.pull.baseRef] ?? pull.pull.baseSha;
      updated.set(pull.id, { headSha: after, baseSha, ...(await pullStatistics(into, baseSha, after)) });
    }
  }
  return { ...move, commits, forced, merged, updated };
}

function isBase(pull: PullRequestRow, repositoryId: number, branch: string): boolean {
  return pull.repositoryId === repositoryId && pull.pull.baseRef === branch;
}

function announce(world: World, repository: RepositoryRow, move: PreparedMove, by: Author): void {
  const branch = branchOf(move);
  const name = branch ?? move.ref.replace(/^refs\/tags\//, "");
  const named = { ref: name, ref_type: branch === null ? "tag" : "branch", pusher_type: "user" };
  const about = { sender: by.account, repository };
  if (move.before === null) {
    const payload = { ...named, master_branch: repository.defaultBranch, description: repository.description };
    world.emit({ event: "create", ...about, payload });
  }
  if (move.after === null) world.emit({ event: "delete", ...about, payload: named });
  world.emit({
    event: "push",
    ...about,
    payload: presentPush(world, repository, move, move.commits, move.forced, by.account),
  });
  if (branch !== null) followPulls(world, repository, branch, move, by);
}

function followPulls(world: World, repository: RepositoryRow, branch: string, move: PreparedMove, by: Author): void {
  for (const pull of pullsToFollow(world.store, repository)) {
    const sha = move.merged.get(pull.id);
    const updated = move.updated.get(pull.id);
    if (sha !== undefined) markMerged(world, repository, pull, sha, by);
    else if (updated !== undefined) {
      const synchronised = putIssue(world, { ...pull, pull: { ...pull.pull, ...updated } });
      emitIssueEvent(world, synchronised, "synchronize", by, { before: pull.pull.headSha, after: move.after });
    } else if (move.after === null && (isHead(pull, repository.id, branch) || isBase(pull, repository.id, branch))) {
      closeIssue(world, pull, by, "not_planned");
    }
  }
  if (branch !== repository.defaultBranch) return;
  for (const commit of move.commits) closeNamedIssues(world, repository.id, commit.message, by);
}

function markMerged(world: World, repository: RepositoryRow, pull: PullRequestRow, sha: string, by: Author): void {
  const current = world.store.tables.issues.get(pull.id) ?? pull;
  if (!isPull(current)) return;
  const merged = { ...current.pull, mergedAt: timestamp(world), mergedById: by.account.id, mergeCommitSha: sha };
  closeIssue(world, { ...current, pull: merged }, by, "completed");
  if (pull.pull.baseRef === repository.defaultBranch) closeNamedIssues(world, repository.id, pull.body ?? "", by);
}

function branchOf(move: RefMove): string | null {
  return move.ref.startsWith(branchPrefix) ? move.ref.slice(branchPrefix.length) : null;
}
