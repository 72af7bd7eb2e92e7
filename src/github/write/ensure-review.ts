import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { nullWhenLacking, statusOf } from "../client/request-failure.ts";
import type { ReviewText } from "../present/council-review.ts";
import { type Finding, type FindingPlace, inlineFinding, listedFinding, maxFindings } from "../present/finding.ts";
import { hiddenMarker } from "./content-hash.ts";
import { type On, place } from "./on.ts";

type ReviewClient = Slice<"pulls", "listReviews" | "listFiles" | "createReview"> & Pick<GitHubClient, "paginate">;

/**
 * One review of the App for this round, as a comment and never as a verdict. `marker` names the round. Findings on lines of
 * the diff are inline comments; GitHub refuses a whole review for one line outside of it, so the others stand in its text.
 */
export async function ensureReview(
  on: On<ReviewClient>,
  pullNumber: number,
  review: ReviewText & { readonly headSha: string },
): Promise<void> {
  const where = { ...place(on), pull_number: pullNumber };
  const reviews = await on.octokit.paginate(on.octokit.rest.pulls.listReviews, { ...where, per_page: 100 });
  const marker = hiddenMarker(`review ${review.marker}`);
  if (reviews.some((existing) => isOwn(existing, on.app) && existing.body.startsWith(marker))) return;
  const findings = review.findings.slice(0, maxFindings);
  const isInDiff = findings.some((finding) => finding.place !== null) ? await diffOf(on, where) : () => false;
  const inline = findings.flatMap((finding) =>
    finding.place !== null && isInDiff(finding.place) ? [{ ...finding, place: finding.place }] : [],
  );
  const listed = findings.filter((finding) => finding.place === null || !isInDiff(finding.place));
  const said = { ...where, commit_id: review.headSha, event: "COMMENT" as const };
  const bodyWith = (list: readonly Finding[]) =>
    [`${marker}\n${review.text}`, list.map(listedFinding).join("\n")].filter((part) => part !== "").join("\n\n");
  await on.beforeWrite("content");
  try {
    await on.octokit.rest.pulls.createReview({ ...said, body: bodyWith(listed), comments: inline.map(asComment) });
  } catch (error) {
    // 422: a line is not part of the diff after all (GitHub shows no diff of a large file). The words count more.
    if (statusOf(error) !== 422 || inline.length === 0) throw error;
    await on.beforeWrite("content");
    await on.octokit.rest.pulls.createReview({ ...said, body: bodyWith(findings) });
  }
}

function asComment(finding: Finding & { readonly place: FindingPlace }) {
  const { path, from, line } = finding.place;
  const start = from === undefined || from === line ? {} : { start_line: from, start_side: "RIGHT" };
  return { path, line, side: "RIGHT", ...start, body: inlineFinding(finding) };
}

/** Which lines of the changed files GitHub shows in the pull request's diff. */
async function diffOf(
  on: On<ReviewClient>,
  where: { readonly owner: string; readonly repo: string; readonly pull_number: number },
): Promise<(at: FindingPlace) => boolean> {
  const files = await nullWhenLacking(
    on.octokit.paginate(on.octokit.rest.pulls.listFiles, { ...where, per_page: 100 }),
  );
  const hunks = new Map((files ?? []).map((file) => [file.filename, hunksOf(file.patch ?? "")]));
  return ({ path, from, line }) =>
    (hunks.get(path) ?? []).some((hunk) => hunk.start <= (from ?? line) && line < hunk.end);
}

/** The lines after the change that each hunk of a patch covers; `end` is the first one behind it. */
function hunksOf(patch: string): readonly { readonly start: number; readonly end: number }[] {
  return [...patch.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].map(([, start, count]) => ({
    start: Number(start),
    end: Number(start) + Number(count ?? 1),
  }));
}
