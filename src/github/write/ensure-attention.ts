import { type AppIdentity, type Authorship, isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { attentionLabel } from "../present/label-set.ts";
import { hasMarker, isUpToDate, withMarker } from "./content-hash.ts";
import { nameHere, type On, place } from "./on.ts";

type AttentionClient = Slice<"issues", "listForRepo" | "create" | "update"> & Pick<GitHubClient, "paginate">;

/** The issues about what a repository's settings need, by their markers. */
export const attentionMarkers = {
  configuration: "attention configuration",
  permissions: "attention permissions",
} as const;

type AttentionMarker = (typeof attentionMarkers)[keyof typeof attentionMarkers];

/** Whether the App opened the issue to say what the settings need. */
export function isAttentionIssue(
  issue: Authorship & { readonly body?: string | null | undefined },
  app: AppIdentity,
): boolean {
  return isOwn(issue, app) && Object.values(attentionMarkers).some((marker) => hasMarker(issue.body, marker));
}

export type IssueText = { readonly title: string; readonly text: string };

/**
 * There is one issue with this marker, open while there is something to mend and closed when there is not. It is found
 * by its label and marker, written only when it has to say something else, and reopened instead of written anew; one
 * that somebody closed stays closed until something else is wrong.
 */
export async function ensureAttention(
  on: On<AttentionClient>,
  marker: AttentionMarker,
  wanted: IssueText | null,
  settled: IssueText,
): Promise<void> {
  const label = nameHere(on, attentionLabel);
  const issues = await on.octokit.paginate(on.octokit.rest.issues.listForRepo, {
    ...place(on),
    labels: label,
    state: "all",
    per_page: 100,
  });
  const existing = issues.find((issue) => isOwn(issue, on.app) && hasMarker(issue.body, marker));
  if (existing === undefined) {
    if (wanted === null) return;
    await on.beforeWrite("content");
    const body = withMarker(marker, wanted.text);
    await on.octokit.rest.issues.create({ ...place(on), title: wanted.title, body, labels: [label] });
    return;
  }
  const { title, text } = wanted ?? settled;
  if (isUpToDate(existing.body, marker, text)) return;
  await on.beforeWrite("edit");
  await on.octokit.rest.issues.update({
    ...place(on),
    issue_number: existing.number,
    title,
    body: withMarker(marker, text),
    ...(wanted === null ? { state: "closed", state_reason: "completed" } : { state: "open" }),
  });
}
