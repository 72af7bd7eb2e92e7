import type { Logger } from "pino";
import type { StoryState } from "../../kernel/states.ts";
import { isOpenCeremony } from "../../planning/domain/ceremony/ceremony.ts";
import { type PutBackKind, putBackKinds } from "../../planning/domain/put-back.ts";
import type { Story } from "../../planning/domain/story.ts";
import { isLacking } from "../client/request-failure.ts";
import { type EpicDeps, reconcileEpics } from "./reconcile-epics.ts";
import { reconcileIssue } from "./reconcile-issue.ts";
import { reconcilePullRequest } from "./reconcile-pull-request.ts";
import { reconcileTaskIssue } from "./reconcile-task-issue.ts";
import type { Repair } from "./repair.ts";

export type Reconciled = {
  readonly stories: number;
  readonly repairs: readonly Repair[];
  /** Stories that could not be looked at now. */
  readonly failed: number;
};

export type ReconcileDeps = EpicDeps & {
  /** Every story, of all repositories. */
  readonly findStories: () => Promise<readonly Story[]>;
  readonly log: Logger;
};

const over: readonly StoryState[] = ["done", "archived"];

/**
 * Compares every open story with GitHub and makes good what was missed. Facts of GitHub win (text, closing, heads,
 * merges, reviews, sprints, epics and whose they are): each goes the road of the delivery that was missed, with everything that follows from
 * it. The graph wins for labels, and the approved plan for what it says of tasks: one that was set by hand counts as a
 * request only when a delivery says whose it is. What was put back by that is told in the story's comment.
 *
 * `repository` narrows it to one, by GitHub's id. Never throws for one story's sake.
 */
export async function reconcile(deps: ReconcileDeps, repository?: number): Promise<Reconciled> {
  const all = await deps.findStories();
  const here = all.filter((story) => repository === undefined || story.repository === repository);
  const stories = here.filter((story) => !over.includes(story.state));
  const repairs: Repair[] = [...(await mendedTexts(deps, here))];
  let failed = 0;
  const epics = new Set<string>();
  for (const story of stories) {
    try {
      repairs.push(...(await reconcileStory(deps, story)));
      // Where it stands may be news.
      const now = (await deps.app.planning.getStory(story.id)) ?? story;
      repairs.push(...(await reconcileEpics(deps, now, epics)));
    } catch (error) {
      failed += 1;
      const gone = isLacking(error) ? "the App has no access" : "it could not be looked at";
      deps.log.warn({ err: error, story: story.id }, `a story was not reconciled: ${gone}`);
    }
  }
  const counts: Record<string, number> = {};
  for (const { what } of repairs) counts[what] = (counts[what] ?? 0) + 1;
  deps.log.info({ stories: stories.length, failed, repairs: counts }, "reconciled with GitHub");
  return { stories: stories.length, repairs, failed };
}

/** What is kept of texts apart follows from what the graph has: stories that are over are read by people and agents, too. */
async function mendedTexts(deps: ReconcileDeps, stories: readonly Story[]): Promise<readonly Repair[]> {
  const mended = new Set(await deps.app.planning.mendTexts(stories));
  return stories
    .filter(({ id }) => mended.has(id))
    .map(({ repository, issueNumber: number }) => ({ repository, number, what: "text parts" }));
}

async function reconcileStory(deps: ReconcileDeps, listed: Story): Promise<readonly Repair[]> {
  // The list may be hours old where there are many.
  const story = (await deps.app.planning.getStory(listed.id)) ?? listed;
  const tasks = await deps.app.workflow.findTasks({ storyId: story.id });
  const open = tasks.filter((task) => task.state !== "cancelled" && !task.merged);
  const numbers = open.flatMap(({ issueNumber, pullRequest }) => [issueNumber, pullRequest]);
  await deps.forget(story, [story.issueNumber, ...numbers.filter((number) => number !== null)]);
  const repairs = [...(await reconcileIssue(deps.app, story))];
  for (const task of open) {
    if (task.pullRequest !== null) repairs.push(...(await reconcilePullRequest(deps.app, task, task.pullRequest)));
    const now = await deps.app.workflow.getTask(task.id);
    // A merge closes the task's issue as well, and a cancelled task has none to lose.
    if (now !== null && !now.merged && now.state !== "cancelled")
      repairs.push(...(await reconcileTaskIssue(deps.app, now)));
    await deps.app.write({ kind: "task", taskId: task.id });
  }
  const changes = repairs.flatMap(({ what, number }) => (isPutBack(what) ? [{ what, number }] : []));
  if (changes.length > 0) await deps.app.planning.recordPutBack({ storyId: story.id, changes });
  await deps.app.write({ kind: "story", storyId: story.id });
  for (const { id, calledOn } of (await deps.app.planning.ceremoniesOf(story.id)).filter(isOpenCeremony))
    if (calledOn === story.id) await deps.app.write({ kind: "ceremony", ceremonyId: id });
  return repairs;
}

function isPutBack(what: Repair["what"]): what is PutBackKind {
  return putBackKinds.some((kind) => kind === what);
}
