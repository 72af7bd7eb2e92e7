import type { Milestone, ParentIssue, Story } from "./story.ts";

/** Where an issue stands among others, as far as something says it; what is left out stays. */
export type Surroundings = {
  readonly milestone?: Milestone | null;
  readonly parent?: ParentIssue | null;
  /** How many open issues block it. */
  readonly openBlockers?: number;
};

/** The story with its surroundings; the same object where nothing changed. None of them is text that anybody approved. */
export function withSurroundings(story: Story, { milestone, parent, openBlockers }: Surroundings): Story {
  const updated: Story = {
    ...story,
    milestone: milestone === undefined ? story.milestone : milestone,
    parent: parent === undefined ? story.parent : parent,
    openBlockers: openBlockers ?? story.openBlockers,
  };
  return JSON.stringify(updated) === JSON.stringify(story) ? story : updated;
}
