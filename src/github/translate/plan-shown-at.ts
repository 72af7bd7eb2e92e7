import type { Story } from "../../planning/domain/story.ts";

/**
 * The hash of the plan that could be seen at that time; "none" when the plan came later, which is the hash of no plan.
 * GitHub's times have whole seconds, so the plan's is cut to them.
 */
export function planShownAt(story: Story, at: string): string {
  const { plan } = story;
  if (plan === null) return "none";
  const derived = Math.floor(Date.parse(plan.derivedAt) / 1000);
  return derived <= Math.floor(Date.parse(at) / 1000) ? plan.hash : "none";
}
