import { toIso } from "../../kernel/clock.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { StoryDecision } from "../domain/story-request.ts";
import type { Cause, DerivePlan } from "./commands.ts";
import type { PlanningDeps } from "./ports.ts";
import { causeOf } from "./story-changes.ts";
import { transitionIn } from "./transition-story.ts";

/**
 * Records a derived or typed plan: `planned` if it is valid, else a refusal that names every problem. The same plan
 * again, or the same delivery, changes nothing. Without a `cause` the delivery begins the road.
 */
export async function derivePlan(deps: PlanningDeps, command: DerivePlan, cause?: Cause): Promise<StoryDecision> {
  const { storyId, tasks, source, deliveryId, at = toIso(deps.clock()) } = command;
  const began = causeOf(deliveryId);
  const decision = await deps.graph.write((tx) =>
    transitionIn(
      deps,
      tx,
      {
        storyId,
        action: "derive-plan",
        principal: system,
        roles: systemRoles,
        plan: { tasks, source },
        deliveryId,
        at,
      },
      cause ?? began,
    ),
  );
  deps.committed?.();
  return decision;
}
