import { found } from "../github-error.ts";
import { headRepositoryOf } from "../pull-rows.ts";
import type { PullRequestRow, RepositoryRow } from "../rows.ts";
import type { World } from "../world.ts";
import { nodeId, presentAccountId } from "./account.ts";
import { presentIssueBase } from "./issue.ts";
import { apiUrl, htmlUrl, presentRepository } from "./repository.ts";
import { presentTeam } from "./team.ts";

/** Whether a pull request can be merged, as far as it was worked out. */
export interface Mergeability {
  readonly mergeable: boolean | null;
  readonly state: "clean" | "dirty" | "unknown" | "draft" | "unstable" | "behind" | "blocked";
}

/** `pull-request-simple`: what lists answer. */
export function presentSimplePull(world: World, pull: PullRequestRow) {
  const { repositories, teams } = world.store.tables;
  const repository = found(repositories.get(pull.repositoryId));
  const api = apiUrl(world, repository);
  const url = `${api}/pulls/${pull.number}`;
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}`;
  const links = {
    self: url,
    html,
    issue: `${api}/issues/${pull.number}`,
    comments: `${api}/issues/${pull.number}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.pull.headSha}`,
  };
  return {
    url,
    id: pull.pull.id,
    node_id: nodeId("PullRequest", pull.pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: links.issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    ...presentIssueBase(world, pull),
    merged_at: pull.pull.mergedAt,
    merge_commit_sha: pull.pull.mergeCommitSha,
    requested_reviewers: pull.pull.requestedReviewerIds.flatMap((id) => presentAccountId(world, id) ?? []),
    requested_teams: teams.pick(pull.pull.requestedTeamIds).map((team) => presentTeam(world, team)),
    head: presentSide(world, headRepositoryOf(world.store, pull), pull.pull.headRef, pull.pull.headSha),
    base: presentSide(world, repository, pull.pull.baseRef, pull.pull.baseSha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    auto_merge: null,
    draft: pull.pull.draft,
  };
}

/** `pull-request`: one pull request in full. */
export function presentPull(world: World, pull: PullRequestRow, mergeability?: Mergeability) {
  const { comments, reviewComments } = world.store.tables;
  return {
    ...presentSimplePull(world, pull),
    merged: pull.pull.mergedAt !== null,
    mergeable: mergeability?.mergeable ?? null,
    rebaseable: mergeability?.mergeable ?? null,
    mergeable_state: mergeability?.state ?? "unknown",
    merged_by: presentAccountId(world, pull.pull.mergedById),
    comments: comments.count(pull.id),
    review_comments: reviewComments.count(pull.id),
    maintainer_can_modify: false,
    commits: pull.pull.commits,
    additions: pull.pull.additions,
    deletions: pull.pull.deletions,
    changed_files: pull.pull.changedFiles,
  };
}

/** `pull-request-minimal`, as check runs carry it. */
export function presentMinimalPull(world: World, pull: PullRequestRow) {
  const repository = found(world.store.tables.repositories.get(pull.repositoryId));
  const repo = { id: repository.id, url: apiUrl(world, repository), name: repository.name };
  return {
    url: `${repo.url}/pulls/${pull.number}`,
    id: pull.pull.id,
    number: pull.number,
    head: { ref: pull.pull.headRef, sha: pull.pull.headSha, repo },
    base: { ref: pull.pull.baseRef, sha: pull.pull.baseSha, repo },
  };
}

function presentSide(world: World, repository: RepositoryRow, ref: string, sha: string) {
  const repo = presentRepository(world, repository);
  return { label: `${repo.owner.login}:${ref}`, ref, sha, user: repo.owner, repo };
}

/** The pull request of review events: as in lists. */
export function presentPullForReview(world: World, pull: PullRequestRow) {
  return presentSimplePull(world, pull);
}
