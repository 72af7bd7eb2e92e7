import type { GitHubClient } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { issueFormOffer, issueForms, readIssueForm } from "../issue-forms/issue-form.ts";
import { storyLabel } from "../present/label-set.ts";
import { branchHead, ensureCommit } from "./ensure-commit.ts";
import { ensurePullRequest } from "./ensure-pull-request.ts";
import { nameHere, type On, place } from "./on.ts";

/**
 * Offers the issue forms by one pull request. Never where the story's is there, and never again: the pull request itself,
 * open, merged or closed, is how the offer is remembered.
 */
export async function offerIssueForms(on: On<GitHubClient>): Promise<void> {
  const { octokit } = on;
  const storyName = nameHere(on, storyLabel);
  const { branch, title, text, trailer } = issueFormOffer(storyName);
  const offers = await octokit.rest.pulls.list({ ...place(on), head: `${on.owner}:${branch}`, state: "all" });
  if (offers.data.some((pull) => pull.head.ref === branch)) return;
  const there = await nullWhenMissing(octokit.rest.repos.getContent({ ...place(on), path: issueForms.story.path }));
  if (there !== null) return;
  const { data: repository } = await octokit.rest.repos.get(place(on));
  const base = repository.default_branch;
  const parentSha = await branchHead(on, base);
  // An empty repository has no branch to open a pull request against.
  if (parentSha === null) return;
  const changes = Object.values(issueForms).map((form) => ({
    path: form.path,
    mode: "100644" as const,
    content: Buffer.from(readIssueForm(form, storyName)).toString("base64"),
  }));
  const commit = await ensureCommit(on, {
    branch,
    parentSha,
    changes,
    message: `${title}\n\n${trailer}`,
    trailer,
  });
  if (commit.kind === "diverged") return;
  await ensurePullRequest(on, { branch, base, marker: "issue-form", title, text, draft: false });
}
