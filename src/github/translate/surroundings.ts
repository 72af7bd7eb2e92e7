import { storyId } from "../../kernel/ids.ts";
import { epicId } from "../../planning/domain/epic.ts";
import type { ParentIssue, Story } from "../../planning/domain/story.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import type { AppDeps } from "./app-deps.ts";
import { type IssuePayload, milestoneOf } from "./issue-payloads.ts";

/**
 * Takes an issue's milestone from a delivery about it. Unlike its text it is taken from one of the same second, too: no
 * other kind of delivery brings it.
 */
export async function recordMilestone(deps: AppDeps, story: Story, issue: IssuePayload): Promise<void> {
  if (Date.parse(issue.updated_at) < Date.parse(story.issueUpdatedAt)) return;
  const milestone = milestoneOf(issue);
  if (await deps.planning.recordSurroundings({ storyId: story.id, milestone }))
    await deps.write({ kind: "story", storyId: story.id });
}

/** To whom an issue is assigned: it is told of whoever is an epic, and another one keeps nothing of it. Whether that is news. */
export function assignParent(
  deps: AppDeps,
  deliveryId: string | null,
  ref: RepositoryRef,
  { number, assignees, updated_at: at }: Pick<IssuePayload, "number" | "assignees" | "updated_at">,
): Promise<boolean> {
  const epic = epicId(ref.repository, "issue", number);
  return deps.planning.assignEpic({ epic, people: assignees.filter(isPerson), at, deliveryId });
}

/** Who opened a story's milestone: it is assigned to nobody else. Whether that is news. */
export async function assignMilestone(
  deps: AppDeps,
  deliveryId: string | null,
  ref: RepositoryRef,
  { milestone, updated_at: at }: Milestoned,
): Promise<boolean> {
  if (milestone?.creator == null || !isPerson(milestone.creator)) return false;
  const epic = epicId(ref.repository, "milestone", milestone.number);
  return deps.planning.assignEpic({ epic, people: [milestone.creator], at, deliveryId });
}

/** What of an issue, or of a milestone alone, tells who opened the milestone, and when that was so (ISO 8601). */
type Milestoned = {
  readonly milestone?:
    | {
        readonly number: number;
        readonly creator?:
          | { readonly id: number; readonly login: string; readonly type?: string | null | undefined }
          | null
          | undefined;
      }
    | null
    | undefined;
  readonly updated_at: string;
};

function isPerson({ type }: { readonly type?: string | null | undefined }): boolean {
  return type !== "Bot";
}

/**
 * Reads again how many open issues block a story. From GitHub and not from the delivery, which may be older than another
 * one that was handled already; an issue that is no story costs nothing.
 */
export async function refreshBlockersOf(deps: AppDeps, ref: RepositoryRef, issueNumber: number): Promise<void> {
  const id = storyId(ref.repository, issueNumber);
  if ((await deps.planning.getStory(id)) === null) return;
  const octokit = await deps.octokitFor(ref.installation);
  const blockers = await octokit.paginate(octokit.rest.issues.listDependenciesBlockedBy, {
    owner: ref.owner,
    repo: ref.repo,
    issue_number: issueNumber,
    per_page: 100,
  });
  const openBlockers = blockers.filter((blocker) => blocker.state === "open").length;
  if (await deps.planning.recordSurroundings({ storyId: id, openBlockers }))
    await deps.write({ kind: "story", storyId: id });
}

/** Reads again which issue a story is a sub-issue of: its epic. One of another repository is none here. */
export async function refreshParentOf(deps: AppDeps, ref: RepositoryRef, issueNumber: number): Promise<void> {
  const id = storyId(ref.repository, issueNumber);
  if ((await deps.planning.getStory(id)) === null) return;
  const octokit = await deps.octokitFor(ref.installation);
  const found = await nullWhenMissing(
    octokit.rest.issues.getParent({ owner: ref.owner, repo: ref.repo, issue_number: issueNumber }),
  );
  const isHere = found?.data.repository_url.toLowerCase().endsWith(`/repos/${ref.owner}/${ref.repo}`.toLowerCase());
  const parent: ParentIssue | null =
    found === null || isHere !== true ? null : { number: found.data.number, title: found.data.title };
  if (await deps.planning.recordSurroundings({ storyId: id, parent })) await deps.write({ kind: "story", storyId: id });
  if (found === null || parent === null) return;
  await assignParent(deps, null, ref, { ...found.data, assignees: found.data.assignees ?? [] });
}
