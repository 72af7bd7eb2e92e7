import type { CouncilView } from "../github/present/council-view.ts";
import type { StoryId, TaskId } from "../kernel/ids.ts";
import type { Subscriber } from "../kernel/subscriber.ts";

export type Deliberation = {
  readonly subscriber: Subscriber;
  readonly requestPlan: (storyId: StoryId) => Promise<unknown>;
  readonly latestCouncil: (
    about: { readonly taskId: TaskId } | { readonly storyId: StoryId },
  ) => Promise<CouncilView | null>;
};

export async function assembleDeliberation(_: unknown): Promise<Deliberation> {
  return {
    subscriber: { name: "deliberation", queue: "deliberation-events", types: [], handle: async () => {} },
    requestPlan: async () => {},
    latestCouncil: async () => null,
  };
}
