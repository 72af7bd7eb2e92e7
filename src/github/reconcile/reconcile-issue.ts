import type { Story } from "../../planning/domain/story.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { labelChanges, storyFamilies } from "../present/label-families.ts";
import { storyLabel } from "../present/label-set.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { handInClosed, handInGone, issueOrGone } from "./issue-end.ts";
import { ghost, handInMissed } from "./missed-delivery.ts";
import type { Repair } from "./repair.ts";

type Issue = Awaited<ReturnType<GitHubClient["rest"]["issues"]["get"]>>["data"];

/** Compares a story with its issue: the text, whether it was closed or is not there any more, and the labels. */
export async function reconcileIssue(deps: AppDeps, story: Story): Promise<readonly Repair[]> {
  const { repository, issueNumber: number } = story;
  const octokit = await deps.octokitFor(story.installation);
  const where = { owner: story.owner, repo: story.repo, issue_number: number };
  const answer = await issueOrGone(octokit, story, octokit.rest.issues.get(where));
  if (answer === undefined) return [];
  if (answer === null) {
    await handInGone(deps, story, { number, title: story.title, body: story.body, labels: [{ name: storyLabel }] });
    return [{ repository, number, what: "gone" }];
  }
  const issue = answer.data;
  const repairs: Repair[] = [];
  if (isEdited(story, issue)) {
    await handInMissed(deps, story, {
      event: "issues",
      name: `edited-${number}-${Date.parse(issue.updated_at)}`,
      sender: issue.user ?? ghost,
      payload: { action: "edited", issue },
    });
    repairs.push({ repository, number, what: "text" });
  }
  if (issue.state === "closed" && story.state !== "accepted") {
    await handInClosed(deps, story, issue);
    repairs.push({ repository, number, what: "closed" });
  }
  const now = await deps.planning.getStory(story.id);
  if (now !== null && !isLabelled(now, issue)) repairs.push({ repository, number, what: "labels" });
  return repairs;
}

function isEdited(story: Story, issue: Issue): boolean {
  const differs = issue.title !== story.title || (issue.body ?? "") !== story.body;
  return differs && Date.parse(issue.updated_at) >= Date.parse(story.issueUpdatedAt);
}

/** The labels that it should carry, as its next write would say; a name that people gave to one of ours counts. */
function isLabelled(story: Story, issue: Issue): boolean {
  const labels = issue.labels.map((label) =>
    typeof label === "string" ? { name: label } : { name: label.name ?? "", description: label.description },
  );
  const { missing, surplus } = labelChanges(labels, storyFamilies(story));
  return missing.length === 0 && surplus.length === 0;
}
