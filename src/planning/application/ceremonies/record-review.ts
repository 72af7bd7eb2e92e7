import { toIso } from "../../../kernel/clock.ts";
import type { CeremonyId, StoryId } from "../../../kernel/ids.ts";
import { system } from "../../../kernel/principal.ts";
import type { RoleReview } from "../../../kernel/review.ts";
import { systemRoles } from "../../../kernel/roles.ts";
import type { CeremonyRequest } from "../../domain/ceremony/ceremony-request.ts";
import { decideCeremony } from "../../domain/ceremony/decide-ceremony.ts";
import type { Cause } from "../commands.ts";
import type { PlanningDeps } from "../ports.ts";
import { saveCeremony } from "./save-ceremony.ts";

/** What the councils said of one story in a ceremony. */
export type RecordReview = {
  readonly ceremonyId: CeremonyId;
  readonly storyId: StoryId;
  readonly reviews: readonly RoleReview[];
};

/**
 * Records the end of a story's councils; once the last one has ended the findings are presented. The same end again, and
 * one of a ceremony that is over or was begun anew, changes nothing: the guard refuses it.
 */
export async function recordReview(deps: PlanningDeps, review: RecordReview, cause: Cause): Promise<void> {
  const { ceremonyId, storyId, reviews } = review;
  await deps.graph.write(async (tx) => {
    const ceremony = await deps.ceremonies.loadForChange(tx, ceremonyId);
    if (ceremony === null) return;
    const request: CeremonyRequest = {
      action: "record-review",
      storyId,
      reviews,
      principal: system,
      roles: systemRoles,
      deliveryId: null,
      at: toIso(deps.clock()),
    };
    await saveCeremony(deps, tx, ceremony, request, decideCeremony(ceremony, request), cause);
  });
  deps.committed?.();
}
