import type { StoryId } from "../../kernel/ids.ts";
import { type Surroundings, withSurroundings } from "../domain/surroundings.ts";
import type { PlanningDeps } from "./ports.ts";

export type RecordSurroundings = Surroundings & { readonly storyId: StoryId };

/** Keeps a story's milestone, parent issue and blockers as GitHub has them. Whether anything changed. */
export async function recordSurroundings(
  deps: Pick<PlanningDeps, "graph" | "stories">,
  { storyId, ...surroundings }: RecordSurroundings,
): Promise<boolean> {
  return deps.graph.write(async (tx) => {
    const story = await deps.stories.loadForChange(tx, storyId);
    const updated = story === null ? null : withSurroundings(story, surroundings);
    if (story === null || updated === null || updated === story) {
      return false;
    }
    await deps.stories.save(tx, story, updated, []);
    return true;
  });
}
