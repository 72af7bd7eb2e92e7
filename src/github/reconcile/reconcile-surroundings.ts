import type { Story } from "../../planning/domain/story.ts";
import { storyTransition } from "../../planning/domain/story-machine.ts";
import type { GitHubClient } from "../client/octokit.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { carryStoryOver } from "../translate/on-milestone.ts";
import { refreshBlockersOf, refreshParentOf } from "../translate/surroundings.ts";
import { ghost, handInMissed } from "./missed-delivery.ts";
import { parentNumberOf } from "./parent-issue.ts";
import type { Repair } from "./repair.ts";

type Issue = Awaited<ReturnType<GitHubClient["rest"]["issues"]["get"]>>["data"];

/**
 * Compares where a story stands among others with what its issue says: its sprint and whether that is closed, its epic, and
 * how many open issues block it. Only where one differs anything more is read.
 */
export async function reconcileSurroundings(deps: AppDeps, story: Story, issue: Issue): Promise<readonly Repair[]> {
  const { repository, issueNumber: number } = story;
  const found: Repair["what"][] = [];
  if (await isMovedTo(deps, story, issue)) found.push("milestone");
  const parent = parentNumberOf(story, issue);
  if (parent !== undefined && parent !== (story.parent?.number ?? null)) {
    const before = await versionOf(deps, story);
    await refreshParentOf(deps, story, number);
    if ((await versionOf(deps, story)) !== before) found.push("epic");
  }
  const blockers = issue.issue_dependencies_summary?.blocked_by;
  if (blockers !== undefined && blockers !== story.openBlockers) {
    await refreshBlockersOf(deps, story, number);
    found.push("blockers");
  }
  if (await isCarriedOver(deps, story, issue)) found.push("sprint closed");
  return found.map((what) => ({ repository, number, what }));
}

async function versionOf(deps: AppDeps, { id }: Story): Promise<number | undefined> {
  return (await deps.planning.getStory(id))?.version;
}

/** Takes over the issue's sprint, also under a new title. Nobody says who moved it. */
async function isMovedTo(deps: AppDeps, story: Story, issue: Issue): Promise<boolean> {
  const now = issue.milestone === null ? null : { number: issue.milestone.number, title: issue.milestone.title };
  if (now?.number === story.milestone?.number && now?.title === story.milestone?.title) return false;
  await handInMissed(deps, story, {
    event: "issues",
    name: `milestone-${story.issueNumber}-${now?.number ?? "none"}-${Date.parse(issue.updated_at)}`,
    sender: ghost,
    payload: { action: now === null ? "demilestoned" : "milestoned", issue },
  });
  return (await versionOf(deps, story)) !== story.version;
}

/**
 * A story that was under way when its sprint was closed, and was not carried over since: what was continued afterwards was,
 * and what began afterwards was meant to.
 */
async function isCarriedOver(deps: AppDeps, story: Story, { milestone }: Issue): Promise<boolean> {
  const { from } = storyTransition("carry-over");
  if (milestone === null || milestone.closed_at === null || !from.includes(story.state)) return false;
  const closedAt = Date.parse(milestone.closed_at);
  const history = await deps.planning.storyHistory(story.id);
  const stateThen = history.findLast(({ at }) => Date.parse(at) <= closedAt)?.to;
  const carriedSince = history.some(({ action, at }) => action === "carry-over" && Date.parse(at) >= closedAt);
  if (stateThen === undefined || !from.includes(stateThen) || carriedSince) return false;
  const sprint = { title: milestone.title, closedAt: milestone.closed_at, closedBy: ghost.login };
  const name = `reconcile-sprint-${milestone.number}-${closedAt}`;
  return carryStoryOver(deps, name, story, story.issueNumber, sprint);
}
