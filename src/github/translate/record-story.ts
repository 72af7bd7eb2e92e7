import { storyId } from "../../kernel/ids.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { carriesStoryLabel } from "../present/read-label.ts";
import type { AppDeps } from "./app-deps.ts";
import { type IssuePayload, issueFactsOf } from "./issue-payloads.ts";

/**
 * The story of an issue; null when it is none. Recorded when it is new and carries `fleet:story`; recorded again when
 * the payload says something newer. GitHub's times have whole seconds: of two payloads of one second only that of an
 * edit counts, so that a comment that overtakes the edit cannot bring the old text back.
 */
export async function recordStory(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  isEdit: boolean,
): Promise<Story | null> {
  const known = await deps.planning.getStory(storyId(ref.repository, issue.number));
  return recordKnown(deps, deliveryId, ref, issue, known, isEdit);
}

/** The same, for a story that was looked for already. */
export async function recordKnown(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  known: Story | null,
  isEdit: boolean,
): Promise<Story | null> {
  if (known === null && !carriesStoryLabel(issue.labels)) return null;
  if (known !== null && !isEdit && !isNewer(issue, known)) return known;
  return deps.planning.recordIssue(issueFactsOf(ref, issue, deliveryId), known);
}

/** Whether the payload says something newer of the issue than what is known. */
export function isNewer(issue: IssuePayload, known: Story): boolean {
  return Date.parse(issue.updated_at) > Date.parse(known.issueUpdatedAt);
}
