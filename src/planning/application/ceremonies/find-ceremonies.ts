import type { CeremonyId, StoryId } from "../../../kernel/ids.ts";
import { type Ceremony, storyIn } from "../../domain/ceremony/ceremony.ts";
import type { CeremonyFilter, PlanningDeps } from "../ports.ts";

type ReadDeps = Pick<PlanningDeps, "graph" | "ceremonies">;

/** The ceremony; null where there is none. */
export function getCeremony(deps: ReadDeps, id: CeremonyId): Promise<Ceremony | null> {
  return deps.graph.read((tx) => deps.ceremonies.load(tx, id));
}

/** The ceremonies that a filter leaves, oldest first. */
export function findCeremonies(deps: ReadDeps, filter: CeremonyFilter): Promise<readonly Ceremony[]> {
  return deps.graph.read((tx) => deps.ceremonies.find(tx, filter));
}

/** The ceremonies that hold the story or were called on its issue, newest first. */
export function ceremoniesOf(deps: ReadDeps, id: StoryId): Promise<readonly Ceremony[]> {
  return deps.graph.read((tx) => deps.ceremonies.ofStory(tx, id));
}

/** Whether a ceremony waits for the councils' word on a story. */
export async function isReviewAwaited(deps: ReadDeps, id: CeremonyId, story: StoryId): Promise<boolean> {
  const ceremony = await getCeremony(deps, id);
  return ceremony?.state === "in-progress" && storyIn(ceremony, story)?.reviews === null;
}
