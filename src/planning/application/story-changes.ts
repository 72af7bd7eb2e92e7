import type { EventBody, EventSubject, FleetEvent } from "../../kernel/event.ts";
import { createEvent } from "../../kernel/new-event.ts";
import { denialReasons } from "../../kernel/reasons.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { Story } from "../domain/story.ts";
import type { StoryDecision, StoryRequest } from "../domain/story-request.ts";
import type { Cause } from "./commands.ts";
import type { PlanningDeps } from "./ports.ts";

type Asked = Pick<StoryRequest, "principal" | "deliveryId"> & { readonly action: string };
type Decided = { readonly kind: "moved" | "unchanged" } | { readonly kind: "refused"; readonly refusal: Refusal };

/** Saves what a decision changed, with its events, in the caller's transaction. */
export async function saveDecision(
  deps: PlanningDeps,
  tx: Transaction,
  before: Story,
  decision: StoryDecision,
  cause: Cause | null,
): Promise<void> {
  if (decision.kind === "moved") {
    // Together: neither needs the other's answer, and an engine over the network gets both in one journey.
    await Promise.all([
      deps.stories.save(tx, before, decision.story, decision.records),
      deps.events(tx, envelopes(deps, before, decision.events, cause)),
    ]);
  }
}

/** The same for a story that was seen and not loaded for change, in a transaction of its own. */
export async function saveSeen(
  deps: PlanningDeps,
  before: Story,
  decision: Extract<StoryDecision, { kind: "moved" }>,
  cause: Cause | null,
): Promise<void> {
  const events = envelopes(deps, before, decision.events, cause);
  await deps.stories.saveAlone(deps.graph, before, decision.story, decision.records, events);
}

/** The road that a delivery begins; null where none did. */
export function causeOf(deliveryId: string | null): Cause | null {
  return deliveryId === null ? null : { correlationId: deliveryId, causationId: null };
}

/** Puts events about a story into their envelopes. */
export function envelopes(
  deps: PlanningDeps,
  story: Pick<Story, "installation" | "repository" | "id">,
  bodies: readonly EventBody[],
  cause: Cause | null,
): readonly FleetEvent[] {
  const subject: EventSubject = {
    installation: story.installation,
    repository: story.repository,
    story: story.id,
    task: null,
  };
  return bodies.map((body) => {
    const id = deps.newId();
    const correlationId = cause?.correlationId ?? id;
    const causationId = cause?.causationId ?? null;
    return createEvent(body, { id, now: deps.clock(), producer: "planning", subject, correlationId, causationId });
  });
}

/** The audit's word of a refusal that was about who asked; none for every other. */
export function denialOf(subject: { readonly state: string }, request: Asked, decision: Decided): readonly EventBody[] {
  if (decision.kind !== "refused" || !denialReasons.includes(decision.refusal.reason)) {
    return [];
  }
  const { principal, action, deliveryId } = request;
  const { reason, rule } = decision.refusal;
  return [
    { type: "access.denied", payload: { principal, action, state: subject.state, reason, text: rule, deliveryId } },
  ];
}

/** The refusal for an id that names no story. */
export const noSuchStory: Refusal = {
  reason: "unknown-story",
  rule: "There is no story of this number here.",
  who: [],
  next: "Add the label `fleet:story` to the issue, or use `/submit`.",
};

/** The same as the decision on a request. */
export const unknownStory: StoryDecision = { kind: "refused", refusal: noSuchStory };
