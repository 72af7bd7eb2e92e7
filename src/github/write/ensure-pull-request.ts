import type { GitHubClient, Slice } from "../client/octokit.ts";
import { isLacking, statusOf } from "../client/request-failure.ts";
import { hasMarker, isUpToDate, withMarker } from "./content-hash.ts";
import { type On, place } from "./on.ts";

export type PullRequestWanted = {
  readonly branch: string;
  readonly base: string;
  readonly marker: string;
  readonly title: string;
  readonly text: string;
  /** A draft says that nobody passed. */
  readonly draft: boolean;
};

/** A pull request as the writer goes on with it. */
export type PullRequestFacts = {
  readonly number: number;
  readonly headSha: string;
  readonly open: boolean;
  readonly merged: boolean;
  readonly mergeSha: string | null;
};

type PullRequestClient = Slice<"pulls", "list" | "create" | "update" | "get"> & Pick<GitHubClient, "graphql">;

/**
 * The branch has a pull request with this title and text. An open one is preferred, else the newest; one that somebody
 * closed is left closed. The text is rewritten only when what the fleet has to say changed, not when people edited it; one
 * that a person opened keeps the person's text, and the status comment says the rest.
 */
export async function ensurePullRequest(
  on: On<PullRequestClient>,
  wanted: PullRequestWanted,
): Promise<PullRequestFacts> {
  const { data: found } = await on.octokit.rest.pulls.list({
    ...place(on),
    head: `${on.owner}:${wanted.branch}`,
    state: "all",
    per_page: 100,
  });
  const ours = found.filter((pull) => pull.head.ref === wanted.branch);
  const existing = ours.find((pull) => pull.state === "open") ?? ours[0];
  if (existing === undefined) return create(on, wanted);
  if (existing.state === "open") {
    if (!isUpToDate(existing.body, wanted.marker, wanted.text) && hasMarker(existing.body, wanted.marker)) {
      await on.beforeWrite("edit");
      const body = withMarker(wanted.marker, wanted.text);
      await on.octokit.rest.pulls.update({ ...place(on), pull_number: existing.number, title: wanted.title, body });
    }
    if (existing.draft === true && !wanted.draft) await markReady(on, existing.node_id);
  }
  return {
    number: existing.number,
    headSha: existing.head.sha,
    open: existing.state === "open",
    merged: typeof existing.merged_at === "string",
    mergeSha: typeof existing.merged_at === "string" ? existing.merge_commit_sha : null,
  };
}

async function create(on: On<PullRequestClient>, wanted: PullRequestWanted): Promise<PullRequestFacts> {
  const request = {
    ...place(on),
    head: wanted.branch,
    base: wanted.base,
    title: wanted.title,
    body: withMarker(wanted.marker, wanted.text),
  };
  await on.beforeWrite("content");
  const { data } = await createMaybeDraft(on, request, wanted.draft);
  return { number: data.number, headSha: data.head.sha, open: true, merged: false, mergeSha: null };
}

type NewPullRequest = { owner: string; repo: string; head: string; base: string; title: string; body: string };

/** Drafts do not exist in every plan: there GitHub answers 422, and the text alone says that it is one. */
async function createMaybeDraft(on: On<PullRequestClient>, request: NewPullRequest, draft: boolean) {
  if (!draft) return on.octokit.rest.pulls.create(request);
  try {
    return await on.octokit.rest.pulls.create({ ...request, draft: true });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    return on.octokit.rest.pulls.create(request);
  }
}

/** Only GraphQL can end a draft. Where that is refused it stays one, and the status comment says that a draft is not merged. */
async function markReady(on: On<PullRequestClient>, id: string): Promise<void> {
  await on.beforeWrite("edit");
  try {
    await on.octokit.graphql(
      "mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { clientMutationId } }",
      { id, request: { repository: on.repo } },
    );
  } catch (error) {
    const refused = error instanceof Error && error.name === "GraphqlResponseError";
    if (!refused && !isLacking(error)) throw error;
    on.lacks("ending a draft", statusOf(error));
  }
}
