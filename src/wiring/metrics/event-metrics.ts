import type { FleetEvent } from "../../kernel/event.ts";
import type { MetricSource } from "../../monitoring/application/metrics.ts";

/** Counts the events that this process put on their way, by type. */
export function eventMetrics(): MetricSource & { readonly observe: (event: FleetEvent) => void } {
  const counts = new Map<string, number>();
  return {
    name: "events",
    observe({ type }) {
      counts.set(type, (counts.get(type) ?? 0) + 1);
    },
    read: async () => [
      {
        name: "fleet_events_published_total",
        help: "Events that this process put on their way, by type.",
        type: "counter",
        samples: [...counts].map(([type, value]) => ({ labels: { type }, value })),
      },
    ],
  };
}
