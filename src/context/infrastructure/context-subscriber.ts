import type { FleetEvent } from "../../kernel/event.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import type { KnowledgeDeps } from "../application/knowledge-ports.ts";
import { projectEvent } from "../application/project-event.ts";
import { projectedTypes } from "../domain/projections.ts";

/**
 * Context's ear: events become knowledge. It needs no inbox: what it writes is there once, however often it is told.
 * `projected` hears of each event after that.
 */
export function contextSubscriber(
  deps: KnowledgeDeps,
  projected: (event: FleetEvent) => Promise<void> = async () => {},
): Subscriber {
  return {
    name: "context",
    queue: "context-events",
    types: projectedTypes,
    async handle(event) {
      await projectEvent(deps, event);
      await projected(event);
    },
  };
}
