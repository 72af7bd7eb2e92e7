import type { GitHubClient } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { issueFormOffer, readIssueForm, storyFormPath } from "../issue-forms/issue-form.ts";
import { branchHead, ensureCommit } from "./ensure-commit.ts";
import { ensurePullRequest } from "./ensure-pull-request.ts";
import { type On, place } from "./on.ts";

/**
 * Offers the story's issue form by one pull request. Never where the form is there, and never again: the pull request
 * itself, open, merged or closed, is how the offer is remembered.
 */
export async function offerIssueForm(on: On<GitHubClient>): Promise<void> {
  const { octokit } = on;
  const { branch, title, text, trailer } = issueFormOffer;
  const offers = await octokit.rest.pulls.list({ ...place(on), head: `${on.owner}:${branch}`, state: "all" });
  if (offers.data.some((pull) => pull.head.ref === branch)) return;
  const there = await nullWhenMissing(octokit.rest.repos.getContent({ ...place(on), path: storyFormPath }));
  if (there !== null) return;
  const { data: repository } = await octokit.rest.repos.get(place(on));
  const base = repository.default_branch;
  const parentSha = await branchHead(on, base);
  // An empty repository has no branch to open a pull request against.
  if (parentSha === null) return;
  const content = Buffer.from(readIssueForm()).toString("base64");
  const commit = await ensureCommit(on, {
    branch,
    parentSha,
    changes: [{ path: storyFormPath, mode: "100644", content }],
    message: `${title}\n\n${trailer}`,
    trailer,
  });
  if (commit.kind === "diverged") return;
  await ensurePullRequest(on, { branch, base, marker: "issue-form", title, text, draft: false });
}
