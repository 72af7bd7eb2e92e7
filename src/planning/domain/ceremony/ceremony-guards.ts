import { either } from "../../../kernel/permission.ts";
import type { RefusalReason } from "../../../kernel/reasons.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { reviewableState } from "../../../kernel/review.ts";
import type { Role } from "../../../kernel/roles.ts";
import { type Ceremony, type CeremonyStory, standingOf, storyIn } from "./ceremony.ts";
import type { CeremonyGuard } from "./ceremony-machine.ts";
import type { CeremonyRequest } from "./ceremony-request.ts";

/** The most stories of one ceremony: each is three answers of models, and its comment must stay readable. */
export const mostStories = 20;

/** What the guards read of a request. */
export type CeremonyGuardInput = Pick<CeremonyRequest, "storyId" | "joining" | "elsewhere" | "councilAvailable">;

/** A broken condition, before the roles are added that may act. */
type Broken = Omit<Refusal, "who">;

const checks: Record<CeremonyGuard, (ceremony: Ceremony, input: CeremonyGuardInput) => Broken | null> = {
  "story-may-join": mayJoin,
  "story-is-in": isIn,
  "can-start": canStart,
  "review-awaited": (ceremony, input) =>
    isIn(ceremony, input) ??
    (input.storyId !== undefined && storyIn(ceremony, input.storyId)?.reviews === null
      ? null
      : broken("not-in-this-state", "Its councils have ended already.", "Nothing: what they said stands.")),
  "every-story-reviewed": everyStoryReviewed,
  "dissent-settled": dissentSettled,
};

/** The refusal of a guard that does not hold, with its values; null where it holds. */
export function refuseByCeremonyGuard(
  guard: CeremonyGuard | null,
  ceremony: Ceremony,
  input: CeremonyGuardInput,
  who: readonly Role[],
): Refusal | null {
  const problem = guard === null ? null : checks[guard](ceremony, input);
  return problem === null ? null : { ...problem, who };
}

function broken(reason: RefusalReason, rule: string, next: string): Broken {
  return { reason, rule, next };
}

function mayJoin(ceremony: Ceremony, { joining, elsewhere = null }: CeremonyGuardInput): Broken | null {
  if (joining === undefined || joining.repository !== ceremony.repository)
    return broken("unknown-story", "There is no story of this number here.", "Name the issue of a story.");
  if (joining.state !== reviewableState)
    return broken(
      "not-in-this-state",
      `Issue ${joining.issueNumber} is in ${joining.state}; a backlog review looks at stories in ${reviewableState}.`,
      "Bring the story there first; /why on it says what it waits for.",
    );
  if (elsewhere !== null)
    return broken(
      "in-ceremony",
      `Issue ${joining.issueNumber} is in the open backlog review on issue ${elsewhere}.`,
      `Complete or cancel that one first, on issue ${elsewhere}.`,
    );
  if (ceremony.stories.length >= mostStories)
    return broken(
      "ceremony-full",
      `A backlog review holds at most ${mostStories} stories.`,
      "Begin one with /ceremony draft, and take in the most pressing stories with /ceremony add <issue>.",
    );
  return null;
}

function isIn(ceremony: Ceremony, { storyId }: CeremonyGuardInput): Broken | null {
  if (storyId !== undefined && storyIn(ceremony, storyId) !== undefined) return null;
  return broken("not-in-ceremony", "The story is not in this backlog review.", `It holds ${issues(ceremony.stories)}.`);
}

function canStart(ceremony: Ceremony, { councilAvailable }: CeremonyGuardInput): Broken | null {
  if (ceremony.stories.length === 0)
    return broken("ceremony-empty", "The backlog review holds no story.", "Take one in with /ceremony add <issue>.");
  if (councilAvailable === true) return null;
  return broken(
    "no-model",
    "No model host is configured, so there is no council to review a story.",
    "People review it in comments. An operator adds a host with FLEET_MODEL_HOSTS.",
  );
}

function everyStoryReviewed({ stories }: Ceremony): Broken | null {
  const open = stories.filter(({ reviews }) => reviews === null);
  return open.length === 0
    ? null
    : broken("reviews-open", `The councils are still at ${issues(open)}.`, "Nothing: it goes on by itself.");
}

/** Agreement needs no word of a person; a disagreement, or a review that is missing, does. */
function dissentSettled({ stories }: Ceremony): Broken | null {
  const open = stories.filter((story) => standingOf(story) !== "agreed" && story.word === null);
  return open.length === 0
    ? null
    : broken(
        "dissent-open",
        `The councils disagree on, or have not all reviewed, ${issues(open)}, and nobody has said what that comes to.`,
        `Say it there with /ceremony approve, or /ceremony reject and the reason: on ${issues(open)}.`,
      );
}

function issues(stories: readonly CeremonyStory[]): string {
  if (stories.length === 0) return "no story";
  return either(
    stories.map(({ issueNumber }) => `issue ${issueNumber}`),
    "and",
  );
}
