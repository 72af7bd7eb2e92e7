import type { RepositoryRef } from "../client/octokit.ts";

/**
 * The number of the issue that an issue stands below, of the same repository; null where it stands below none, undefined
 * where the answer does not say: GitHub leaves the address out where there is no parent, and a server without sub-issues
 * leaves out their summary, too.
 */
export function parentNumberOf(
  { owner, repo }: Pick<RepositoryRef, "owner" | "repo">,
  issue: { readonly parent_issue_url?: string | null; readonly sub_issues_summary?: unknown },
): number | null | undefined {
  const { parent_issue_url: url, sub_issues_summary: summary } = issue;
  if (url == null) return url === null || summary !== undefined ? null : undefined;
  const [, place, number] = /\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)$/.exec(url) ?? [];
  return place?.toLowerCase() === `${owner}/${repo}`.toLowerCase() ? Number(number) : null;
}
