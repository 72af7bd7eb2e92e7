import type { CeremonyId } from "../../../kernel/ids.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { reviewableState } from "../../../kernel/review.ts";
import { ceremonyTransition } from "../../domain/ceremony/ceremony-machine.ts";
import type { CeremonyDecision, CeremonyRequest } from "../../domain/ceremony/ceremony-request.ts";
import { decideCeremony } from "../../domain/ceremony/decide-ceremony.ts";
import type { PlanningDeps } from "../ports.ts";
import { causeOf } from "../story-changes.ts";
import { openElsewhere } from "./create-ceremony.ts";
import { saveCeremony } from "./save-ceremony.ts";

/** One request to a ceremony, by anybody: add or remove a story, start, approve, reject, complete, cancel. */
export type TransitionCeremony = Omit<CeremonyRequest, "joining" | "elsewhere" | "reviews"> & {
  readonly ceremonyId: CeremonyId;
};

/** The refusal for an id that names no ceremony. */
export const noSuchCeremony: Refusal = {
  reason: "no-ceremony",
  rule: "No backlog review is open here.",
  who: ceremonyTransition("start").by,
  next: `Begin one with /ceremony on a story in ${reviewableState}.`,
};

/**
 * Decides a request on a ceremony and saves what follows from it, with its events, in one transaction. A story that joins
 * is locked before the ceremony, as when one is created.
 */
export async function transitionCeremony(deps: PlanningDeps, command: TransitionCeremony): Promise<CeremonyDecision> {
  const { ceremonyId, ...asked } = command;
  const { storyId, action, deliveryId } = asked;
  const decision = await deps.graph.write(async (tx): Promise<CeremonyDecision> => {
    const joins = action === "add-story" && storyId !== undefined;
    const joining = joins ? await deps.stories.loadForChange(tx, storyId) : null;
    const ceremony = await deps.ceremonies.loadForChange(tx, ceremonyId);
    if (ceremony === null) return { kind: "refused", refusal: noSuchCeremony };
    const request: CeremonyRequest =
      joining === null
        ? asked
        : { ...asked, joining, elsewhere: await openElsewhere(deps, tx, joining.id, ceremonyId) };
    return saveCeremony(deps, tx, ceremony, request, decideCeremony(ceremony, request), causeOf(deliveryId));
  });
  deps.committed?.();
  return decision;
}
