import type { Principal } from "../../kernel/principal.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf } from "../client/app-identity.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import type { AppDeps } from "./app-deps.ts";
import { treeOf } from "./review-facts.ts";

/** The account that GitHub commits as when somebody uses its web editor or merges there: nobody's authorship. */
const webFlow = "web-flow";

/** A branch's newest commit. */
export type NewHead = {
  readonly branch: string;
  readonly sha: string;
  /** The new commits, of which the authors are looked up; at most 20 are. */
  readonly commits: readonly string[];
  readonly pusher: { readonly id: number; readonly login: string };
  readonly deliveryId: string;
};

/** The task of a branch: of several plans, the latest one's. */
export async function taskOfBranch(deps: AppDeps, ref: RepositoryRef, branch: string): Promise<Task | null> {
  if (!branch.startsWith("fleet/")) return null;
  return (await deps.workflow.findTasks({ repository: ref.repository, branch })).at(-1) ?? null;
}

/**
 * Tells workflow the head of a task's branch, with everybody who authored or committed to it (nobody decides on own
 * work, DOMAIN.md §1). Whoever pushed: a fact is a fact. What the fleet itself pushed is its council's.
 */
export async function recordBranchHead(deps: AppDeps, ref: RepositoryRef, task: Task, head: NewHead): Promise<void> {
  if (task.headSha === head.sha) return;
  const octokit = await deps.octokitFor(ref.installation);
  const app = await deps.identityOf(ref.installation);
  const isFleet = isBotOf(app, head.pusher);
  const council: Principal = { kind: "agent", role: "developer", number: 1 };
  const people = await authorsOf(octokit, ref, head.commits.slice(0, 20));
  const pushers = isFleet ? ["agent:developer:1"] : [`human:${head.pusher.id}`];
  const authors = new Set([...pushers, ...people.filter((id) => id !== app.botId).map((id) => `human:${id}`)]);
  await deps.workflow.recordHead({
    taskId: task.id,
    headSha: head.sha,
    headTree: await treeOf(octokit, ref, head.sha),
    authors: [...authors],
    committer: isFleet ? council : { kind: "human", id: head.pusher.id, login: head.pusher.login },
    deliveryId: head.deliveryId,
  });
}

async function authorsOf(
  octokit: GitHubClient,
  ref: RepositoryRef,
  shas: readonly string[],
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const sha of shas) {
    const commit = await nullWhenLacking(octokit.rest.repos.getCommit({ owner: ref.owner, repo: ref.repo, ref: sha }));
    for (const person of [commit?.data.author, commit?.data.committer]) {
      if (
        person !== null &&
        person !== undefined &&
        "id" in person &&
        person.login !== webFlow &&
        person.id !== undefined
      )
        found.push(person.id);
    }
  }
  return found;
}
