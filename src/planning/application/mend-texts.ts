import type { StoryId } from "../../kernel/ids.ts";
import type { Story } from "../domain/story.ts";
import type { PlanningDeps } from "./ports.ts";

/** Stories that one transaction looks at. */
const atOnce = 200;

/**
 * Reads the texts of these stories again for what is kept of them apart (DOMAIN.md §4: criteria, and the description without the
 * business's notes). An earlier version of the fleet kept less, and only an edit would bring the rest. The ids of those that
 * lacked something; the same again finds none.
 */
export async function mendTexts(
  deps: Pick<PlanningDeps, "graph" | "stories">,
  stories: readonly Story[],
): Promise<readonly StoryId[]> {
  const mended: StoryId[] = [];
  for (let from = 0; from < stories.length; from += atOnce) {
    const some = stories.slice(from, from + atOnce);
    mended.push(...(await deps.graph.write((tx) => deps.stories.mendTexts(tx, some))));
  }
  return mended;
}
