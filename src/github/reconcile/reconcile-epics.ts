import type { Story } from "../../planning/domain/story.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { assignMilestone, assignParent } from "../translate/surroundings.ts";
import type { Repair } from "./repair.ts";

export type EpicDeps = {
  readonly app: AppDeps;
  /** What is known of these numbers without asking is known no longer. */
  readonly forget: (story: Story, numbers: readonly number[]) => Promise<void>;
};

/**
 * Compares to whom a story's epics are assigned: its parent issue and its milestone, each but once for all stories (`seen`). Who may
 * see a story as an architect follows from it (DOMAIN.md §4), so that a lost delivery must not decide it.
 */
export async function reconcileEpics(deps: EpicDeps, story: Story, seen: Set<string>): Promise<readonly Repair[]> {
  const { repository, parent, milestone, issueNumber } = story;
  const isNew = (epic: string): boolean => {
    const before = seen.size;
    return seen.add(`${repository} ${epic}`).size > before;
  };
  const repairs: Repair[] = [];
  if (parent !== null && isNew(`issue ${parent.number}`) && (await isParentAssigned(deps, story, parent.number)))
    repairs.push({ repository, number: parent.number, what: "epic assigned" });
  if (milestone !== null && isNew(`milestone ${milestone.number}`)) {
    const isNews = await isMilestoneAssigned(deps, story, milestone.number);
    if (isNews) repairs.push({ repository, number: issueNumber, what: "epic assigned" });
  }
  return repairs;
}

async function isParentAssigned({ app, forget }: EpicDeps, story: Story, number: number): Promise<boolean> {
  await forget(story, [number]);
  const octokit = await app.octokitFor(story.installation);
  const { owner, repo } = story;
  const found = await nullWhenMissing(octokit.rest.issues.get({ owner, repo, issue_number: number }));
  if (found === null) return false;
  return assignParent(app, null, story, { ...found.data, assignees: found.data.assignees ?? [] });
}

async function isMilestoneAssigned({ app }: EpicDeps, story: Story, number: number): Promise<boolean> {
  const octokit = await app.octokitFor(story.installation);
  const { owner, repo } = story;
  const found = await nullWhenMissing(octokit.rest.issues.getMilestone({ owner, repo, milestone_number: number }));
  if (found === null) return false;
  return assignMilestone(app, null, story, { milestone: found.data, updated_at: found.data.updated_at });
}
