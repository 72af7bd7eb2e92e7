import type { StoryId } from "../../kernel/ids.ts";
import { readPlanBlock } from "../../planning/domain/plan-block.ts";
import { scoreReadiness } from "../../planning/domain/readiness.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { ProposedPlan } from "../../planning/domain/story-request.ts";
import { parseTypedPlan } from "../../planning/domain/typed-plan.ts";
import type { AppDeps } from "./app-deps.ts";
import { planShownAt } from "./plan-shown-at.ts";
import { outcomeOf, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

/** A line of a plan's block, by which a comment is known for an edited copy of it and not for a mere list. */
const blockLine = /^\s*[-*+] \[[ xX]\] \d{1,2}[.)] /m;

/**
 * The plan that somebody typed as a task list for a story that waits for one, or the edited copy of the plan's block where
 * one is proposed: who may only triage cannot edit the block itself. Null when the text holds none.
 */
export function typedPlanIn(story: Story, markdown: string): ProposedPlan | null {
  const criteria = scoreReadiness(story).criteria.length;
  if (story.state === "ready-for-planning") return parseTypedPlan(markdown, criteria);
  if (story.state !== "planned" || story.plan === null || !blockLine.test(markdown)) return null;
  return readPlanBlock(markdown, story.plan, criteria);
}

/** Records a plan that a person typed in a comment. Anybody with a role may propose; the product owner decides on it. */
export async function proposePlan(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  plan: ProposedPlan,
): Promise<TriggerOutcome> {
  const { roles } = trigger;
  if (story.state === "planned")
    return editPlan(deps, trigger, story, { plan, planShownHash: planShownAt(story, trigger.at) });
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
  return outcomeOf(await derive(deps, trigger, story, plan));
}

/** Asks for the next version of a proposed plan; whether this person may is in the story's table. */
export async function editPlan(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  edit: { readonly plan: ProposedPlan; readonly planShownHash: string | undefined },
): Promise<TriggerOutcome> {
  const { principal, roles, deliveryId, at } = trigger;
  const decision = await deps.planning.transitionStory({
    storyId: story.id,
    action: "edit-plan",
    principal,
    roles,
    deliveryId,
    at,
    plan: edit.plan,
    seen: { story, facts: null },
    ...(edit.planShownHash === undefined ? {} : { planShownHash: edit.planShownHash }),
  });
  return outcomeOf(decision);
}

/**
 * Takes the plan from the issue's own checklist when no model host is configured (PRODUCT.md, "People first"). A story
 * without a checklist waits for a typed plan; its status comment says how.
 */
export async function deriveFromText(deps: AppDeps, trigger: Trigger, id: StoryId): Promise<void> {
  if ((await deps.councilPolicy(trigger.ref.repository)).available) return;
  const story = await deps.planning.getStory(id);
  const plan = story?.state === "ready-for-planning" ? typedPlanIn(story, story.body) : null;
  if (story !== null && plan !== null) await derive(deps, trigger, story, plan);
}

/** Its time is that of the text that it stands in: an approval that came after it, and is handled late, has seen it. */
async function derive(deps: AppDeps, { deliveryId, at }: Trigger, story: Story, plan: ProposedPlan) {
  return deps.planning.derivePlan({ storyId: story.id, tasks: plan.tasks, source: plan.source, deliveryId, at });
}
