import { toIso } from "../../kernel/clock.ts";
import type { StoryId } from "../../kernel/ids.ts";
import type { PutBackChange } from "../domain/put-back.ts";
import type { PlanningDeps } from "./ports.ts";

export type RecordPutBack = { readonly storyId: StoryId; readonly changes: readonly PutBackChange[] };

/**
 * Keeps what a comparison with GitHub put back, so that the story's people are told until it moves on or the next comparison
 * puts something back. Nothing where there is no such story.
 */
export async function recordPutBack(
  deps: Pick<PlanningDeps, "graph" | "stories" | "clock">,
  { storyId, changes }: RecordPutBack,
): Promise<void> {
  await deps.graph.write(async (tx) => {
    const story = await deps.stories.loadForChange(tx, storyId);
    if (story === null) return;
    await deps.stories.save(tx, story, { ...story, putBack: { at: toIso(deps.clock()), changes } }, []);
  });
}
