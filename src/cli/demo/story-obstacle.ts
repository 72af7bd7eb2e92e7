import type { AppDeps } from "../../github/translate/app-deps.ts";
import { explainStory } from "../../planning/domain/explain-story.ts";
import type { Story } from "../../planning/domain/story.ts";

/** The states in which a story waits for its own text, which nobody in the demo rewrites. */
const textStates: readonly Story["state"][] = ["draft", "po-review"];

/** Why a story's text keeps it from going on, and what to write instead; null when it does not. */
export async function storyObstacle(
  { configurations, planning }: Pick<AppDeps, "configurations" | "planning">,
  story: Story,
): Promise<string | null> {
  if (!textStates.includes(story.state)) return null;
  const { configuration } = await configurations.of(story);
  const tasks = await planning.taskStandings(story.id);
  const { steps } = explainStory(story, { tasks, threshold: configuration.readiness.threshold });
  const guard = steps.find(({ action }) => action === "submit" || action === "approve-scope")?.guard;
  return guard == null ? null : `${guard.rule} ${guard.next}`;
}
