import type { MetricSource } from "../../monitoring/application/metrics.ts";

/** How many events wait in the outbox. */
export function outboxMetrics(unsentEvents: () => Promise<number>): MetricSource {
  return {
    name: "outbox",
    read: async () => [
      {
        name: "fleet_outbox_unsent_events",
        help: "Events that no relay has published yet.",
        type: "gauge",
        samples: [{ labels: {}, value: await unsentEvents() }],
      },
    ],
  };
}
