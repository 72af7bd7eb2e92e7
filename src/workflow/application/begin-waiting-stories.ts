import type { EventBody } from "../../kernel/event.ts";
import type { StoryId } from "../../kernel/ids.ts";
import { assignReady, autoCouncil } from "./assign-ready.ts";
import type { Cause } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { storiesByRoom } from "./story-room.ts";
import { announceAbout } from "./task-changes.ts";

/**
 * Begins the stories that wait for a place, in the order of their approval, as far as there are places and councils start
 * by themselves; each takes its place in a transaction of its own. It may be called at any time. Returns the ids of those
 * that have not begun.
 */
export async function beginWaitingStories(
  deps: WorkflowDeps,
  repository: number,
  cause: Cause | null = null,
): Promise<readonly StoryId[]> {
  const find = async () => (await deps.graph.read((tx) => storiesByRoom(deps, tx, repository))).waiting;
  const waiting = await find();
  if (waiting.length === 0) return [];
  if (await autoCouncil(deps, repository)) {
    for (const { id } of waiting) await assignReady(deps, id, cause);
  }
  return (await find()).map(({ id }) => id);
}

/**
 * A place was left or taken, or fleet.yml was changed (`isLimitNew`: it may set no limit any more): what can begin does,
 * and of the others it is shown anew what they wait for.
 */
export async function followRoom(
  deps: WorkflowDeps,
  at: { readonly installation: number; readonly repository: number },
  cause: Cause | null,
  isLimitNew = false,
): Promise<void> {
  const limit = await deps.storyLimit(at.repository);
  if (limit === null && !isLimitNew) return;
  const waiting = await beginWaitingStories(deps, at.repository, cause);
  if (waiting.length === 0) return;
  await deps.graph.write(async (tx) => {
    const { begun } = await storiesByRoom(deps, tx, at.repository);
    const inProgress = begun.map(({ issueNumber }) => issueNumber);
    const body: EventBody = { type: "workflow.story.room-changed", payload: { limit, inProgress } };
    const { installation, repository } = at;
    for (const story of waiting)
      await announceAbout(deps, tx, { installation, repository, story, task: null }, [body], cause);
  });
  deps.committed?.();
}
