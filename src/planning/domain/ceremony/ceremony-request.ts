import type { EventBody } from "../../../kernel/event.ts";
import type { StoryId } from "../../../kernel/ids.ts";
import type { Principal } from "../../../kernel/principal.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import type { RoleReview } from "../../../kernel/review.ts";
import type { RoleAnswer } from "../../../kernel/roles.ts";
import type { Story } from "../story.ts";
import type { Ceremony, CeremonyRecord } from "./ceremony.ts";
import type { CeremonyAction } from "./ceremony-machine.ts";

/** Facts that guards look at beside the ceremony itself. */
export type CeremonyFacts = {
  /** The story that joins, as it is now. */
  readonly joining?: Pick<Story, "id" | "issueNumber" | "title" | "state" | "repository">;
  /** The issue of the other open ceremony that the joining story is in; null where it is in none. */
  readonly elsewhere?: number | null;
  /** Whether a model host is configured. */
  readonly councilAvailable?: boolean;
};

/** One request to a ceremony. */
export type CeremonyRequest = CeremonyFacts & {
  readonly action: CeremonyAction;
  /** The story that it is about, for the actions on one. */
  readonly storyId?: StoryId;
  /** For `record-review`. */
  readonly reviews?: readonly RoleReview[];
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  readonly feedback?: string;
  readonly deliveryId: string | null;
  /** When it was asked for: ISO 8601, UTC. */
  readonly at: string;
};

/** What became of a request. `unchanged`: it had already taken effect. */
export type CeremonyDecision =
  | {
      readonly kind: "moved";
      readonly ceremony: Ceremony;
      readonly records: readonly CeremonyRecord[];
      readonly events: readonly EventBody[];
    }
  | { readonly kind: "unchanged"; readonly ceremony: Ceremony }
  | { readonly kind: "refused"; readonly refusal: Refusal };
