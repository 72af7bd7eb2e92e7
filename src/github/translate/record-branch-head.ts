import type { Principal } from "../../kernel/principal.ts";
import { system } from "../../kernel/principal.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { authorKeyOf } from "../../workflow/domain/task-authors.ts";
import { isBotOf } from "../client/app-identity.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import type { AppDeps } from "./app-deps.ts";
import { authorsOfBranch } from "./authors-of-branch.ts";
import { treeOf } from "./review-facts.ts";

/** A branch's newest commit. */
export type NewHead = {
  readonly branch: string;
  readonly sha: string;
  /** The default branch: what the branch has beside it is the change. */
  readonly base: string | null | undefined;
  /** Who pushed; null where the delivery does not say: then nobody hands the task in by it. */
  readonly pusher: { readonly id: number; readonly login: string } | null;
  readonly deliveryId: string;
};

/** The task of a branch: of several plans, the latest one's. */
export async function taskOfBranch(deps: AppDeps, ref: RepositoryRef, branch: string): Promise<Task | null> {
  if (!branch.startsWith("fleet/")) return null;
  return (await deps.workflow.findTasks({ repository: ref.repository, branch })).at(-1) ?? null;
}

/**
 * Tells workflow the head of a task's branch, with everybody who authored, co-authored or committed to it (nobody decides
 * on own work, DOMAIN.md §1). Whoever pushed: a fact is a fact. What the fleet itself pushed is its council's.
 */
export async function recordBranchHead(deps: AppDeps, ref: RepositoryRef, task: Task, head: NewHead): Promise<void> {
  if (isKnown(task, head.sha)) return;
  const octokit = await deps.octokitFor(ref.installation);
  // A delivery may be late or come again: what counts is the head that the branch has now.
  const sha = (await currentHead(octokit, ref, head.branch)) ?? head.sha;
  if (isKnown(task, sha)) return;
  const app = await deps.identityOf(ref.installation);
  const isFleet = head.pusher !== null && isBotOf(app, head.pusher);
  const council: Principal = { kind: "agent", role: "developer", number: 1 };
  const { owner, repo } = ref;
  const base = head.base ?? (await octokit.rest.repos.get({ owner, repo })).data.default_branch;
  const { ids, logins, complete } = await authorsOfBranch(octokit, ref, base, sha);
  const pushers = isFleet ? ["agent:developer:1"] : head.pusher === null ? [] : [`human:${head.pusher.id}`];
  const people = [...ids.filter((id) => id !== app.botId).map((id) => `human:${id}`), ...logins.map(authorKeyOf)];
  const person: Principal = head.pusher === null ? system : { kind: "human", ...pick(head.pusher) };
  await deps.workflow.recordHead({
    taskId: task.id,
    headSha: sha,
    headTree: await treeOf(octokit, ref, sha),
    authors: [...new Set([...pushers, ...people])],
    authorsKnown: complete,
    committer: isFleet ? council : person,
    deliveryId: head.deliveryId,
  });
}

/** A head whose authors are not all known is looked at again: its council may have begun the branch anew. */
function isKnown({ headSha, authorsKnown }: Task, sha: string): boolean {
  return headSha === sha && authorsKnown;
}

/** Null where the branch is gone, or where this GitHub does not tell. */
async function currentHead(
  octokit: GitHubClient,
  { owner, repo }: RepositoryRef,
  branch: string,
): Promise<string | null> {
  const found = await nullWhenLacking(octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}` }));
  if (found !== null) return found.data.object.sha;
  // Servers without the Git Data API know branches all the same.
  return (await nullWhenLacking(octokit.rest.repos.getBranch({ owner, repo, branch })))?.data.commit.sha ?? null;
}

function pick({ id, login }: { readonly id: number; readonly login: string }) {
  return { id, login };
}
