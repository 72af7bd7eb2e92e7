import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { isLacking, nullWhenLacking, statusOf } from "../client/request-failure.ts";
import type { Reviewers, ReviewsWanted } from "./gate-reviewers.ts";
import { type On, place } from "./on.ts";
import type { ReviewAsks } from "./review-asks.ts";

type ReviewRequestClient = Slice<
  "pulls",
  "listRequestedReviewers" | "requestReviewers" | "removeRequestedReviewers" | "listReviews"
> &
  Pick<GitHubClient, "paginate">;
type Asked = {
  readonly users: readonly { readonly login: string }[];
  readonly teams: readonly { readonly slug: string }[];
};
type Where = { readonly owner: string; readonly repo: string; readonly pull_number: number };

/**
 * The people of the gate that is open are asked to review this commit, and those of gates that are over no longer. Nobody
 * is asked twice for one gate: whoever reviewed this commit since the gate before it was decided, or is asked already, is
 * left out, and a team is left out once anybody did, because GitHub takes a team's request away with the first review.
 *
 * Returns false when GitHub cannot ask all of them (422: no access to the repository, the author, or teams where there
 * is no organisation) or cannot ask anybody: the status comment names them anyway. People are asked without the teams
 * when it is these that GitHub refuses. What `asks` remembers of this gate and commit is not asked again, so that a
 * request that somebody takes back stays so.
 */
export async function ensureReviewRequest(
  on: On<ReviewRequestClient>,
  pullNumber: number,
  headSha: string,
  reviews: ReviewsWanted,
  asks: ReviewAsks,
): Promise<boolean> {
  if (isNobody(reviews.wanted) && isNobody(reviews.over)) return true;
  const pullRequest = `${on.owner}/${on.repo}#${pullNumber}`;
  const gate = JSON.stringify(reviews);
  const decided = reviews.decided.length;
  const last = asks.last(pullRequest);
  const isSameHead = last?.headSha === headSha;
  if (isSameHead && last.gate === gate) return last.all;
  // The gate before was asked by this process, so this one has only just opened: nobody reviewed for it yet.
  const justOpened = isSameHead && last.decided < decided;
  const all = await askOnGitHub(on, { ...place(on), pull_number: pullNumber }, headSha, reviews, justOpened);
  asks.note(pullRequest, { headSha, gate, decided, all });
  return all;
}

async function askOnGitHub(
  on: On<ReviewRequestClient>,
  where: Where,
  headSha: string,
  { wanted, over, decided }: ReviewsWanted,
  justOpened: boolean,
): Promise<boolean> {
  const answer = await nullWhenLacking(on.octokit.rest.pulls.listRequestedReviewers(where));
  if (answer === null) return isNobody(wanted);
  await withdraw(on, where, asked(answer.data, over));
  const there = asked(answer.data, wanted);
  // Everybody is asked already, or nobody is to be: what was reviewed so far changes nothing.
  if (there.logins.length === wanted.logins.length && there.teams.length === wanted.teams.length) return true;
  const reviews = justOpened
    ? []
    : await on.octokit.paginate(on.octokit.rest.pulls.listReviews, { ...where, per_page: 100 });
  const since = reviews.findLastIndex((review) => decided.some((each) => isUpTo(review, each))) + 1;
  const done = reviews.slice(since).filter((review) => review.commit_id === headSha && !isOwn(review, on.app));
  const reviewed = done.map((review) => review.user?.login ?? "");
  const reviewers = wanted.logins.filter((login) => !has([...there.logins, ...reviewed], login));
  const team_reviewers = done.length > 0 ? [] : wanted.teams.filter((team) => !has(there.teams, team));
  if (reviewers.length + team_reviewers.length === 0) return true;
  await on.beforeWrite("edit");
  if (await ask(on, { ...where, reviewers, team_reviewers })) return true;
  if (reviewers.length > 0 && team_reviewers.length > 0) {
    await on.beforeWrite("edit");
    await ask(on, { ...where, reviewers });
  }
  return false;
}

function isNobody({ logins, teams }: Reviewers): boolean {
  return logins.length + teams.length === 0;
}

/** Names are the same in any case of their letters. */
function has(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}

/** Those of the named who are asked now. */
function asked(now: Asked, { logins, teams }: Reviewers): Reviewers {
  const users = now.users.map(({ login }) => login).filter((login) => has(logins, login));
  return { logins: users, teams: now.teams.map(({ slug }) => slug).filter((slug) => has(teams, slug)) };
}

/** Whether a review is the decision itself or was there before it. By its id first: the two clocks may differ. */
function isUpTo(
  review: { readonly id: number; readonly submitted_at?: string | undefined },
  { reviewId, at }: ReviewsWanted["decided"][number],
): boolean {
  if (review.id === reviewId) return true;
  return review.submitted_at !== undefined && Date.parse(review.submitted_at) <= Date.parse(at);
}

/** Who was answered for by somebody else is not waited for any more. GitHub's refusal changes nothing for the gates. */
async function withdraw(on: On<ReviewRequestClient>, where: Where, { logins, teams }: Reviewers): Promise<void> {
  if (logins.length + teams.length === 0) return;
  await on.beforeWrite("edit");
  try {
    await on.octokit.rest.pulls.removeRequestedReviewers({
      ...where,
      reviewers: [...logins],
      team_reviewers: [...teams],
    });
  } catch (error) {
    if (statusOf(error) !== 422 && !isLacking(error)) throw error;
    on.lacks("review requests", statusOf(error));
  }
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
