import type { Candidate } from "../../deliberation/domain/candidate.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import type { CouncilView } from "../present/council-view.ts";
import { commitMessage, deliberationOf, deliberationTrailer } from "../present/task-texts.ts";
import { type CommitResult, ensureCommit } from "./ensure-commit.ts";
import { type On, place } from "./on.ts";

/** What of a deliberation goes to the task's branch. */
export type Publication = {
  readonly council: CouncilView;
  readonly candidate: Candidate;
  readonly startSha: string;
  /** The best attempt of a council of which nobody passed: a draft, never "approved by the council". */
  readonly draft: boolean;
};

/**
 * What is to be published now, if anything: the winner while the council holds the task in this round; the best attempt
 * when nobody passed, the council gave up and nothing stands on the branch yet (COUNCIL.md step 7).
 */
export function publicationOf(task: Task, council: CouncilView | null): Publication | null {
  if (council === null || council.startSha === null || council.outcome?.kind !== "implementation") return null;
  const { outcome, startSha } = council;
  const pick = (id: string | null) =>
    outcome.candidates.find((candidate) => candidate.id === id && candidate.changes.length > 0);
  const winner = pick(outcome.winner);
  if (winner !== undefined) {
    const held = task.state === "implementing" && task.assignee?.kind === "council" && council.round === task.round;
    return held ? { council, candidate: winner, startSha, draft: false } : null;
  }
  const best = pick(outcome.best);
  const free = task.state === "todo" && task.councilGaveUp !== null && task.headSha === null;
  return best !== undefined && free ? { council, candidate: best, startSha, draft: true } : null;
}

/** Puts it on the branch as one commit with its trailers. */
export async function publish(on: On<GitHubClient>, task: Task, publication: Publication): Promise<CommitResult> {
  const { council, candidate, startSha } = publication;
  return ensureCommit(on, {
    branch: task.branch,
    parentSha: startSha,
    changes: candidate.changes,
    message: commitMessage(task, council, candidate),
    trailer: deliberationTrailer(council.id),
  });
}

/** The id of the deliberation whose commit is the task's head; null where people made the head. */
export async function publishedBy(on: On<Slice<"git", "getCommit">>, task: Task): Promise<string | null> {
  if (task.headSha === null) return null;
  const { data } = await on.octokit.rest.git.getCommit({ ...place(on), commit_sha: task.headSha });
  return deliberationOf(data.message);
}
