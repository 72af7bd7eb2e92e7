import type { Subscriber } from "../../kernel/subscriber.ts";
import type { KnowledgeDeps } from "../application/knowledge-ports.ts";
import { projectEvent } from "../application/project-event.ts";
import { projectedTypes } from "../domain/projections.ts";

/** Context's ear: events become knowledge. It needs no inbox: what it writes is there once, however often it is told. */
export function contextSubscriber(deps: KnowledgeDeps): Subscriber {
  return {
    name: "context",
    queue: "context-events",
    types: projectedTypes,
    handle: (event) => projectEvent(deps, event),
  };
}
