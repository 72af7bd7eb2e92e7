import type { Story } from "../../planning/domain/story.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { storyFamilies } from "../present/label-families.ts";
import { storyLabel } from "../present/label-set.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { handInClosed, handInGone, issueOrGone } from "./issue-end.ts";
import { labelRepair } from "./label-repair.ts";
import { ghost, handInMissed } from "./missed-delivery.ts";
import { reconcileSurroundings } from "./reconcile-surroundings.ts";
import type { Repair } from "./repair.ts";

type Issue = Awaited<ReturnType<GitHubClient["rest"]["issues"]["get"]>>["data"];

/** Compares a story with its issue: its labels, text, sprint and epic, and whether it was closed or is not there any more. */
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
  const labels = await labelsOf(deps, story, issue);
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
  repairs.push(...labels);
  const now = repairs.length === 0 ? story : await deps.planning.getStory(story.id);
  if (now !== null && now.state !== "archived") repairs.push(...(await reconcileSurroundings(deps, now, issue)));
  return repairs;
}

function isEdited(story: Story, issue: Issue): boolean {
  const differs = issue.title !== story.title || (issue.body ?? "") !== story.body;
  return differs && Date.parse(issue.updated_at) >= Date.parse(story.issueUpdatedAt);
}

async function labelsOf(deps: AppDeps, story: Story, issue: Issue): Promise<readonly Repair[]> {
  const moved = (await deps.planning.storyHistory(story.id)).at(-1)?.at ?? null;
  return labelRepair(story, issue, storyFamilies(story), moved, deps.clock());
}
