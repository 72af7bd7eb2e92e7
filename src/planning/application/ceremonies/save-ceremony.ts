import type { Transaction } from "../../../kernel/transaction.ts";
import type { Ceremony } from "../../domain/ceremony/ceremony.ts";
import type { CeremonyDecision, CeremonyRequest } from "../../domain/ceremony/ceremony-request.ts";
import type { Cause } from "../commands.ts";
import type { PlanningDeps } from "../ports.ts";
import { denialOf, envelopes } from "../story-changes.ts";

/**
 * Saves what a decision changed, with its events, in the caller's transaction; of a refusal that is about who asked, the
 * audit's word. A ceremony without a version is new. Answers with the decision as it is stored then.
 */
export async function saveCeremony(
  deps: PlanningDeps,
  tx: Transaction,
  before: Ceremony,
  request: CeremonyRequest,
  decision: CeremonyDecision,
  cause: Cause | null,
): Promise<CeremonyDecision> {
  const { installation, repository, calledOn } = before;
  const subject = { installation, repository, id: calledOn };
  const denials = denialOf(before, request, decision);
  if (denials.length > 0) await deps.events(tx, envelopes(deps, subject, denials, cause));
  if (decision.kind !== "moved") return decision;
  const after = { ...decision.ceremony, version: before.version + 1 };
  if (before.version === 0) await deps.ceremonies.create(tx, after, decision.records);
  else await deps.ceremonies.save(tx, before, after, decision.records);
  await deps.events(tx, envelopes(deps, subject, decision.events, cause));
  return { ...decision, ceremony: after };
}
