import type { EventBody } from "../../kernel/event.ts";
import { createEvent } from "../../kernel/new-event.ts";
import { type EpicId, type EpicPerson, withPeople } from "../domain/epic.ts";
import type { PlanningDeps } from "./ports.ts";

export type AssignEpic = {
  readonly epic: EpicId;
  readonly people: readonly EpicPerson[];
  /** GitHub's `updated_at` of what says so (ISO 8601): something older never overwrites it. */
  readonly at: string;
  readonly deliveryId: string | null;
};

/**
 * Keeps to whom an epic is assigned, with the event that says so; the same people again change nothing. Whether anything
 * changed: an issue or a milestone without a story is no epic, and changes nothing either.
 */
export async function assignEpic(
  deps: Pick<PlanningDeps, "graph" | "epics" | "events" | "newId" | "clock" | "committed">,
  { epic: id, people, at, deliveryId }: AssignEpic,
): Promise<boolean> {
  const changed = await deps.graph.write(async (tx) => {
    const epic = await deps.epics.loadForChange(tx, id);
    const updated = epic === null ? null : withPeople(epic, people, at);
    if (updated === null || updated === epic) return false;
    await deps.epics.save(tx, updated);
    const { installation, repository } = updated;
    const body: EventBody = { type: "planning.epic.assigned", payload: { epic: id, people: [...updated.people] } };
    const eventId = deps.newId();
    const event = createEvent(body, {
      ...{ id: eventId, now: deps.clock(), producer: "planning" },
      ...{ correlationId: deliveryId ?? eventId, causationId: null },
      subject: { installation, repository, story: null, task: null },
    });
    await deps.events(tx, [event]);
    return true;
  });
  if (changed) deps.committed?.();
  return changed;
}
