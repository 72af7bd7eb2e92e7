import type { CeremonyId, StoryId } from "../../../kernel/ids.ts";
import type { Principal } from "../../../kernel/principal.ts";
import type { RoleReview } from "../../../kernel/review.ts";
import type { Role } from "../../../kernel/roles.ts";
import { type CeremonyState, ceremonyStates } from "../../../kernel/states.ts";
import type { Milestone } from "../story.ts";
import { type CeremonyAction, ceremonyRows } from "./ceremony-machine.ts";

/** What a person says of a reviewed story; the latest word counts. */
export type Word = {
  readonly verdict: "approve" | "reject";
  readonly by: Principal;
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
};

/** A story in a ceremony, with the title under which it came in. */
export type CeremonyStory = {
  readonly storyId: StoryId;
  readonly issueNumber: number;
  readonly title: string;
  /** What each role's council said, in the order of the roles; null until its councils have ended. */
  readonly reviews: readonly RoleReview[] | null;
  readonly word: Word | null;
};

/** A backlog review: some stories that wait for a plan, what the councils say of each, and what people make of it. */
export type Ceremony = {
  readonly id: CeremonyId;
  /** Rises with every saved change; 0 before the first save. */
  readonly version: number;
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
  /** The story on whose issue it was called: there its comment stands. */
  readonly calledOn: StoryId;
  readonly issueNumber: number;
  /** The sprint whose stories it took in when it was called; null where they were named one by one. */
  readonly milestone: Milestone | null;
  readonly state: CeremonyState;
  readonly stories: readonly CeremonyStory[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** `<delivery id>/<action>` of the last requests that had an effect, newest last: a redelivery is recognised by it. */
  readonly handled: readonly string[];
};

/** What every transition leaves behind: append-only, in the order in which it happened. */
export type CeremonyRecord = {
  readonly from: CeremonyState;
  readonly to: CeremonyState;
  readonly action: CeremonyAction;
  readonly principal: Principal;
  readonly role: Role | null;
  readonly reason: string | null;
  readonly deliveryId: string | null;
  readonly at: string;
};

/** The states from which anything leads on. */
export const openCeremonyStates: readonly CeremonyState[] = ceremonyStates.filter((state) =>
  ceremonyRows.some(({ from }) => from.includes(state)),
);

/** Whether anything leads on from here. */
export function isOpenCeremony({ state }: Pick<Ceremony, "state">): boolean {
  return openCeremonyStates.includes(state);
}

/**
 * The ceremony that is meant on a story's issue, of those that hold the story or were called there: the one that this
 * delivery changed already, else the open one that holds the story, else an open one that was called there.
 */
export function ceremonyMeant(all: readonly Ceremony[], id: StoryId, deliveryId: string): Ceremony | null {
  const open = all.filter(isOpenCeremony);
  return (
    all.find(({ handled }) => handled.some((key) => key.startsWith(`${deliveryId}/`))) ??
    open.find((ceremony) => storyIn(ceremony, id) !== undefined) ??
    open[0] ??
    null
  );
}

/** The story's place in the ceremony; undefined where it has none. */
export function storyIn(ceremony: Ceremony, storyId: StoryId): CeremonyStory | undefined {
  return ceremony.stories.find((story) => story.storyId === storyId);
}

/** A ceremony with the same stories, of which one may be another now. */
export function withStory(ceremony: Ceremony, changed: CeremonyStory): Ceremony {
  const stories = ceremony.stories.map((story) => (story.storyId === changed.storyId ? changed : story));
  return { ...ceremony, stories };
}

/**
 * How the roles stand to a story: `agreed` where all said the same, `dissent` where two differ, `incomplete` where a role's
 * review is missing and the others do not differ; null until the councils have ended. Nothing is averaged.
 */
export function standingOf({ reviews }: Pick<CeremonyStory, "reviews">): "agreed" | "dissent" | "incomplete" | null {
  if (reviews === null) return null;
  const verdicts = new Set(reviews.flatMap(({ review }) => (review === null ? [] : [review.verdict])));
  if (verdicts.size > 1) return "dissent";
  return reviews.some(({ review }) => review === null) ? "incomplete" : "agreed";
}
