import { renderPlanBlock } from "../../planning/domain/plan-block.ts";
import { scoreReadiness } from "../../planning/domain/readiness.ts";
import type { Plan, Story } from "../../planning/domain/story.ts";
import { hiddenMarker } from "../write/content-hash.ts";
import { simulatedNotice } from "./council-check.ts";
import { fitSections } from "./fit-sections.ts";
import { fencedText, inlineText } from "./safe-text.ts";

/** The marker of the plan's comment, of which a story has one. */
export const planMarker = "plan";

/** A plan's descriptions may be long; with everything else the comment stays below GitHub's limit. */
const longestBlock = 45_000;

/** The comment that shows a story's latest plan as a block to edit, until it is approved; null without a plan. */
export function planComment(story: Story, simulated: string | null): string | null {
  const { plan } = story;
  if (plan === null) return null;
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    { text: `### Plan ${plan.version}: ${plan.status}\n${whatNow(story, plan)}`, priority: 0 },
    { text: fencedText(renderPlanBlock(plan.tasks), "markdown", longestBlock), priority: 0 },
    { text: isOpen(story, plan) ? criteriaPart(story) : "", priority: 1 },
    { text: planHashMarker(plan.hash), priority: 0 },
  ]);
}

/** The hash of the plan that an edited comment was made from; undefined where its hidden line is gone. */
export function planHashIn(comment: string): string | undefined {
  return /<!-- fleet:plan-hash ([0-9a-f]{8,64}) -->/.exec(comment)?.[1];
}

/** Whether a comment's text is the plan's. */
export function isPlanComment(comment: string): boolean {
  return comment.includes(hiddenMarker(planMarker)) || planHashIn(comment) !== undefined;
}

function planHashMarker(hash: string): string {
  return hiddenMarker(`plan-hash ${hash}`);
}

function isOpen(story: Story, plan: Plan): boolean {
  return story.state === "planned" && plan.status === "proposed";
}

function whatNow(story: Story, plan: Plan): string {
  const by = plan.source === "council" ? "Derived by a council." : "Written by people.";
  if (isOpen(story, plan))
    return `${by} The product owner may edit the list right here, in this comment, or comment an edited copy of it; each valid one is the next version. Then \`/approve\`, or \`/reject\` with the reason to have it made anew.`;
  if (plan.status === "approved")
    return `${by} It is in force and no longer edited; \`/reset\` with the reason begins anew.`;
  return `${by} It is not in force; the next plan takes its place here.`;
}

function criteriaPart(story: Story): string {
  const { criteria } = scoreReadiness(story);
  if (criteria.length === 0) return "";
  return `What \`covers\` counts:\n${criteria.map(({ number, text }) => `${number}. ${inlineText(text, 160)}`).join("\n")}`;
}
