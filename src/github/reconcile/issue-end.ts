import type { RepositoryRef, Slice } from "../client/octokit.ts";
import { nullWhenMissing, statusOf } from "../client/request-failure.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { ghost, handInMissed } from "./missed-delivery.ts";

/**
 * Awaits the answer about one issue: null where it is not there any more (404, or 410 for one that was deleted) although
 * the App sees the repository and its issues; undefined where nothing can be said.
 */
export async function issueOrGone<T>(
  octokit: Slice<"repos", "get">,
  { owner, repo }: RepositoryRef,
  read: Promise<T>,
): Promise<T | null | undefined> {
  try {
    return await read;
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 410) throw error;
  }
  const repository = await nullWhenMissing(octokit.rest.repos.get({ owner, repo }));
  return repository === null || repository.data.has_issues === false ? undefined : null;
}

/** An issue as it was known last. */
type Gone = {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly { readonly name: string }[];
};

/** Hands in that an issue was deleted, by nobody that GitHub names. */
export async function handInGone(deps: AppDeps, ref: RepositoryRef, issue: Gone): Promise<void> {
  await handInMissed(deps, ref, {
    event: "issues",
    name: `deleted-${issue.number}`,
    sender: ghost,
    payload: { action: "deleted", issue: { ...issue, updated_at: new Date(deps.clock()).toISOString() } },
  });
}

type Closed = {
  readonly number: number;
  readonly closed_at: string | null;
  readonly updated_at: string;
  readonly closed_by?: { readonly id: number; readonly login: string } | null;
};

/** Hands in that an issue was closed, by whoever GitHub names. */
export async function handInClosed(deps: AppDeps, ref: RepositoryRef, issue: Closed): Promise<void> {
  await handInMissed(deps, ref, {
    event: "issues",
    name: `closed-${issue.number}-${Date.parse(issue.closed_at ?? issue.updated_at)}`,
    sender: issue.closed_by ?? ghost,
    payload: { action: "closed", issue },
  });
}
