import { GitHubError, notFound } from "../github-error.ts";
import { type Operation, onRepository, page, type RepositoryCall, slice } from "../operation.ts";
import { presentCommit, presentFile } from "../present/commit.ts";
import { presentSimplePull } from "../present/pull.ts";
import { apiUrl, htmlUrl } from "../present/repository.ts";
import { pullsOf } from "../pull-rows.ts";
import { readContents, readPulls } from "./find.ts";

/** The commit that a branch, a tag or a (shortened) id names. @throws GitHubError 422, as GitHub answers. */
export async function resolveCommit(call: RepositoryCall, name: string): Promise<string> {
  const { refs } = call.repository;
  const ref = refs[`refs/heads/${name}`] ?? refs[`refs/tags/${name}`] ?? refs[`refs/${name}`] ?? refs[name] ?? name;
  const sha = ref.startsWith("-") ? null : await call.world.git(call.repository).resolve(ref);
  if (sha === null) throw new GitHubError(422, `No commit found for SHA: ${name}`);
  return sha;
}

async function list(call: RepositoryCall) {
  const { world, repository, query } = call;
  const start = query.get("sha");
  const git = world.git(repository);
  if (start === null && repository.refs[`refs/heads/${repository.defaultBranch}`] === undefined)
    throw new GitHubError(409, "Git Repository is empty.");
  const tip = await git.resolve(await resolveCommit(call, start ?? repository.defaultBranch));
  if (tip === null) throw notFound();
  const commits = await git.log(null, tip, 1000, query.get("path") ?? undefined);
  const since = Date.parse(query.get("since") ?? "") || 0;
  const until = Date.parse(query.get("until") ?? "") || Number.POSITIVE_INFINITY;
  const inTime = (date: string) => Date.parse(date) >= since && Date.parse(date) <= until;
  return page(
    call,
    commits.filter((commit) => inTime(commit.committer.date)),
    (commit) => presentCommit(world, repository, commit),
  );
}

async function get(call: RepositoryCall) {
  const { world, repository } = call;
  const git = world.git(repository);
  const sha = await resolveCommit(call, call.param("ref"));
  const commit = await git.commit(sha);
  const files = await git.diff(commit.parents[0] ?? null, sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const stats = { additions, deletions, total: additions + deletions };
  return {
    status: 200,
    body: {
      ...presentCommit(world, repository, commit),
      stats,
      files: files.map((file) => presentFile(world, repository, sha, file)),
    },
  };
}

async function listPulls(call: RepositoryCall) {
  const git = call.world.git(call.repository);
  const sha = await resolveCommit(call, call.param("commit_sha"));
  const holds = await Promise.all(
    pullsOf(call.world.store, call.repository.id).map(async (pull) => {
      if (pull.pull.mergeCommitSha === sha) return [pull];
      const inHead = await git.isAncestor(sha, pull.pull.headSha);
      return inHead && !(await git.isAncestor(sha, pull.pull.baseSha)) ? [pull] : [];
    }),
  );
  return page(call, holds.flat(), (pull) => presentSimplePull(call.world, pull));
}

async function compare(call: RepositoryCall) {
  const { world, repository, query } = call;
  const [left, right] = call.param("basehead").split(/\.{2,3}/, 2);
  if (left === undefined || right === undefined) throw notFound();
  const git = world.git(repository);
  const name = (side: string) => side.slice(side.indexOf(":") + 1);
  const [base, head] = [
    await git.resolve(await orNotFound(call, name(left))),
    await git.resolve(await orNotFound(call, name(right))),
  ];
  if (base === null || head === null) throw notFound();
  const mergeBase = await git.mergeBase(base, head);
  if (mergeBase === null) throw new GitHubError(404, `No common ancestor between ${left} and ${right}.`);
  // Asked for by pages, all commits can be read; else the newest 250 come at once.
  const paged = query.has("page") || query.has("per_page");
  const [ahead, behind, commits, files] = await Promise.all([
    git.count(base, head),
    git.count(head, base),
    git.log(base, head, paged ? longestComparison : 250),
    git.diff(mergeBase, head),
  ]);
  const oldestFirst = commits.reverse();
  const shown = paged ? slice(call, oldestFirst) : { items: oldestFirst, headers: {} };
  const html = `${htmlUrl(world, repository)}/compare/${left}...${right}`;
  const status = ahead > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical";
  const body = {
    url: `${apiUrl(world, repository)}/compare/${left}...${right}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: presentCommit(world, repository, await git.commit(base)),
    merge_base_commit: presentCommit(world, repository, await git.commit(mergeBase)),
    status,
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: shown.items.map((commit) => presentCommit(world, repository, commit)),
    files: files.map((file) => presentFile(world, repository, head, file)),
  };
  if (/\.diff\b/.test(call.accept))
    return {
      status: 200,
      body: await git.diffText(mergeBase, head),
      headers: { "content-type": "application/vnd.github.diff; charset=utf-8" },
    };
  return { status: 200, body, headers: shown.headers };
}

/** As many commits as GitHub shows of a comparison at most, all its pages together. */
const longestComparison = 10_000;

async function orNotFound(call: RepositoryCall, name: string): Promise<string> {
  try {
    return await resolveCommit(call, name);
  } catch (error) {
    throw error instanceof GitHubError ? notFound() : error;
  }
}

export const commitOperations: readonly Operation[] = [
  onRepository("repos/list-commits", "GET", "/commits", readContents, list),
  onRepository(
    "repos/list-pull-requests-associated-with-commit",
    "GET",
    "/commits/{commit_sha}/pulls",
    readPulls,
    listPulls,
  ),
  onRepository("repos/get-commit", "GET", "/commits/{ref}", readContents, get),
  onRepository("repos/compare-commits-with-basehead", "GET", "/compare/{basehead}", readContents, compare),
];
