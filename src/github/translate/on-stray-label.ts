import { carriesStoryLabel } from "../present/read-label.ts";
import type { AppDeps } from "./app-deps.ts";
import { refuseFleetsLabel } from "./fleets-label.ts";
import { type LabelEvent, labelsNow, refuseLabel } from "./label-event.ts";
import { notFollowed } from "./label-refusals.ts";

/**
 * One of our labels on an issue or pull request that the fleet does not follow (a plain issue, a pull request of nobody's
 * task, one from a fork): it is taken off and explained, because it would tell something that is not so. Labels of the
 * same prefix that name no state of ours (`story/points-3`) belong to somebody else here. An issue about the settings
 * (`isAttention`) keeps the label by which it is found again.
 *
 * Returns whether the issue has become a story meanwhile: then the label is the story's business.
 */
export async function onStrayLabel(
  deps: AppDeps,
  event: LabelEvent,
  isAttention: boolean,
): Promise<"story" | "handled"> {
  const { meaning, isPull, ref, number, label } = event;
  const target = { kind: "no-label", ref, issueNumber: number } as const;
  if (meaning.kind === "attention") {
    const refusal = refuseFleetsLabel(event, { overdue: false, attention: isAttention });
    if (refusal === null) return "handled";
    if (await becameStory(deps, event)) return "story";
    await refuseLabel(deps, event, target, refusal);
    return "handled";
  }
  if (event.action === "unlabeled" || meaning.kind === "no-state" || (meaning.kind === "story" && !isPull))
    return "handled";
  if (await becameStory(deps, event)) return "story";
  await refuseLabel(deps, event, target, notFollowed(isPull, label.name));
  return "handled";
}

/** `fleet:story` may have been set in the same breath, by a delivery that comes after this one. */
async function becameStory(deps: AppDeps, event: LabelEvent): Promise<boolean> {
  return !event.isPull && carriesStoryLabel(await labelsNow(deps, event));
}
