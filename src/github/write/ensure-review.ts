import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { isLacking, nullWhenLacking, statusOf } from "../client/request-failure.ts";
import { hiddenMarker } from "./content-hash.ts";
import { type On, place } from "./on.ts";

/** Whom a gate asks: logins and team slugs of `.github/fleet.yml`. */
export type Reviewers = { readonly logins: readonly string[]; readonly teams: readonly string[] };

type ReviewRequestClient = Slice<"pulls", "listRequestedReviewers" | "requestReviewers" | "listReviews"> &
  Pick<GitHubClient, "paginate">;

/**
 * The people of the gate are asked to review this commit. Nobody is asked twice for one commit: whoever reviewed it, or
 * is asked already, is left out, and a team is left out once anybody reviewed.
 *
 * Returns false when GitHub cannot ask all of them (422: no access to the repository, the author, or teams where there
 * is no organisation) or cannot ask anybody: the status comment names them anyway. People are asked without the teams
 * when it is these that GitHub refuses.
 */
export async function ensureReviewRequest(
  on: On<ReviewRequestClient>,
  pullNumber: number,
  headSha: string,
  wanted: Reviewers,
): Promise<boolean> {
  if (wanted.logins.length + wanted.teams.length === 0) return true;
  const where = { ...place(on), pull_number: pullNumber };
  const answer = await nullWhenLacking(on.octokit.rest.pulls.listRequestedReviewers(where));
  if (answer === null) return false;
  const asked = answer.data;
  const reviews = await on.octokit.paginate(on.octokit.rest.pulls.listReviews, { ...where, per_page: 100 });
  const done = reviews.filter((review) => review.commit_id === headSha && !isOwn(review, on.app));
  const known = [...asked.users.map((user) => user.login), ...done.map((review) => review.user?.login ?? "")];
  const reviewers = wanted.logins.filter((login) => !known.some((name) => name.toLowerCase() === login.toLowerCase()));
  const askedTeams = asked.teams.map((team) => team.slug);
  const team_reviewers = done.length > 0 ? [] : wanted.teams.filter((team) => !askedTeams.includes(team));
  if (reviewers.length + team_reviewers.length === 0) return true;
  await on.beforeWrite("edit");
  if (await ask(on, { ...where, reviewers, team_reviewers })) return true;
  if (reviewers.length > 0 && team_reviewers.length > 0) {
    await on.beforeWrite("edit");
    await ask(on, { ...where, reviewers });
  }
  return false;
}

async function ask(
  on: On<ReviewRequestClient>,
  request: NonNullable<Parameters<ReviewRequestClient["rest"]["pulls"]["requestReviewers"]>[0]>,
): Promise<boolean> {
  try {
    await on.octokit.rest.pulls.requestReviewers(request);
    return true;
  } catch (error) {
    if (statusOf(error) === 422 || isLacking(error)) return false;
    throw error;
  }
}

/** A remark on a line of the change. */
export type Finding = { readonly path: string; readonly line: number; readonly text: string };

/** A round's review has at most this many findings (COUNCIL.md, "Publish"). */
export const maxFindings = 5;

type ReviewClient = Slice<"pulls", "listReviews" | "createReview"> & Pick<GitHubClient, "paginate">;

/** One review of the App for this round, as a comment and never as a verdict. `marker` names the round. */
export async function ensureReview(
  on: On<ReviewClient>,
  pullNumber: number,
  review: {
    readonly marker: string;
    readonly headSha: string;
    readonly text: string;
    readonly findings: readonly Finding[];
  },
): Promise<void> {
  const where = { ...place(on), pull_number: pullNumber };
  const reviews = await on.octokit.paginate(on.octokit.rest.pulls.listReviews, { ...where, per_page: 100 });
  const marker = hiddenMarker(`review ${review.marker}`);
  if (reviews.some((existing) => isOwn(existing, on.app) && existing.body.includes(marker))) return;
  const findings = review.findings.slice(0, maxFindings);
  const said = { ...where, commit_id: review.headSha, event: "COMMENT" as const, body: `${marker}\n${review.text}` };
  const comments = findings.map(({ path, line, text }) => ({ path, line, side: "RIGHT", body: text }));
  await on.beforeWrite("content");
  try {
    await on.octokit.rest.pulls.createReview({ ...said, comments });
  } catch (error) {
    // 422: a line is not part of the diff that GitHub shows. The words count more than their place.
    if (statusOf(error) !== 422 || findings.length === 0) throw error;
    const list = findings.map(({ path, line, text }) => `- \`${path}:${line}\` ${text}`).join("\n");
    await on.beforeWrite("content");
    await on.octokit.rest.pulls.createReview({ ...said, body: `${said.body}\n\n${list}` });
  }
}
