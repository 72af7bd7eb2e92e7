import type { EventBody } from "../../kernel/event.ts";
import type { TaskId } from "../../kernel/ids.ts";
import type { PlanTask } from "../../kernel/plan.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import type { PlanSource, Story, TransitionRecord } from "./story.ts";
import type { StoryAction } from "./story-machine.ts";

/** What planning needs to know of a task; workflow answers it through a port. */
export type TaskStanding = {
  readonly id: TaskId;
  readonly number: number;
  readonly state: TaskState;
  /** Whether its pull request is merged. */
  readonly merged: boolean;
};

/** Tasks that somebody proposes as the story's plan. */
export type ProposedPlan = { readonly tasks: readonly PlanTask[]; readonly source: PlanSource };

/** Facts that guards look at beside the story itself. */
export type StoryFacts = {
  readonly tasks?: readonly TaskStanding[];
  /** The readiness that `approve-scope` needs, 0–100; 80 when left out. */
  readonly threshold?: number;
};

/** One request to move a story. */
export type StoryRequest = StoryFacts & {
  readonly action: StoryAction;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  readonly feedback?: string;
  /** The hash of the text that the person saw; left out, the current text counts as seen. */
  readonly expectedBodyHash?: string;
  /** The hash of the plan that the person saw; left out, the current plan counts as seen. */
  readonly planShownHash?: string;
  /** For `derive-plan`. */
  readonly plan?: ProposedPlan;
  readonly deliveryId: string | null;
  /** When it was asked for: ISO 8601, UTC. */
  readonly at: string;
};

/** What became of a request. `unchanged`: it had already taken effect. */
export type StoryDecision =
  | {
      readonly kind: "moved";
      readonly story: Story;
      readonly records: readonly TransitionRecord[];
      readonly events: readonly EventBody[];
    }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly refusal: Refusal };
