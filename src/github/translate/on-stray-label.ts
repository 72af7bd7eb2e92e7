import { readLabel } from "../present/read-label.ts";
import type { AppDeps } from "./app-deps.ts";
import { type LabelEvent, labelsNow, refuseLabel } from "./label-event.ts";
import { notFollowed } from "./label-refusals.ts";

/**
 * One of our state labels on an issue or pull request that the fleet does not follow (a plain issue, a pull request of
 * nobody's task, one from a fork): it is taken off and explained, because it would tell something that is not so. Labels
 * of the same prefix that name no state of ours (`story/points-3`) belong to somebody else here.
 *
 * Returns whether the issue has become a story meanwhile: then the label is the story's business.
 */
export async function onStrayLabel(deps: AppDeps, event: LabelEvent): Promise<"story" | "handled"> {
  const { meaning, isPull, ref, number, label } = event;
  const isState = meaning.kind === "story-state" || meaning.kind === "task-state";
  if (event.action === "unlabeled" || !(isState || (isPull && meaning.kind === "story"))) return "handled";
  // `fleet:story` may have been set in the same breath, by a delivery that comes after this one.
  if (!isPull && (await labelsNow(deps, event)).some((each) => readLabel(each)?.kind === "story")) return "story";
  await refuseLabel(deps, event, { kind: "no-label", ref, issueNumber: number }, notFollowed(isPull, label.name));
  return "handled";
}
