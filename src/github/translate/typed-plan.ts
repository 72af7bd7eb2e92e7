import type { StoryId } from "../../kernel/ids.ts";
import { scoreReadiness } from "../../planning/domain/readiness.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { ProposedPlan } from "../../planning/domain/story-request.ts";
import { parseTypedPlan } from "../../planning/domain/typed-plan.ts";
import type { AppDeps } from "./app-deps.ts";
import { outcomeOf, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

/** The plan that somebody typed as a task list for a story that waits for one; null when the text holds none. */
export function typedPlanIn(story: Story, markdown: string): ProposedPlan | null {
  if (story.state !== "ready-for-planning") return null;
  return parseTypedPlan(markdown, scoreReadiness(story).criteria.length);
}

/** Records a plan that a person typed in a comment. Anybody with a role may propose; the product owner decides on it. */
export async function proposePlan(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  plan: ProposedPlan,
): Promise<TriggerOutcome> {
  const { roles } = trigger;
  if (!roles.known) {
    return refused({
      reason: "roles-unknown",
      rule: `Your roles are unknown: ${roles.why}.`,
      who: [],
      next: "Try again in a while.",
    });
  }
  if (roles.roles.length === 0) {
    return refused({
      reason: "role-missing",
      rule: "A plan may be typed by anybody who holds a role here; you hold none.",
      who: ["product-owner", "architect", "qa", "developer"],
      next: "Ask one of them to post the plan.",
    });
  }
  return outcomeOf(await derive(deps, story, plan, trigger.deliveryId));
}

/**
 * Takes the plan from the issue's own checklist when no model host is configured (PRODUCT.md, "People first"). A story
 * without a checklist waits for a typed plan; its status comment says how.
 */
export async function deriveFromText(deps: AppDeps, trigger: Trigger, id: StoryId): Promise<void> {
  if ((await deps.councilPolicy(trigger.ref.repository)).available) return;
  const story = await deps.planning.getStory(id);
  const plan = story === null ? null : typedPlanIn(story, story.body);
  if (story !== null && plan !== null) await derive(deps, story, plan, trigger.deliveryId);
}

async function derive(deps: AppDeps, story: Story, plan: ProposedPlan, deliveryId: string) {
  return deps.planning.derivePlan({ storyId: story.id, tasks: plan.tasks, source: plan.source, deliveryId });
}
