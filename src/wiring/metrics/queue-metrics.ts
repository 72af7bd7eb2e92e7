import type { MetricSource } from "../../monitoring/application/metrics.ts";
import type { QueueEngine } from "../../platform/queue/queue-engine.ts";

/** How many jobs are in the queues that this process opened, by state. */
export function queueMetrics(queues: Pick<QueueEngine, "depths">): MetricSource {
  return {
    name: "queues",
    async read() {
      const depths = await queues.depths();
      return [
        {
          name: "fleet_queue_jobs",
          help: "Jobs in a queue, by state.",
          type: "gauge",
          samples: depths.flatMap(({ queue, counts }) =>
            Object.entries(counts).map(([state, value]) => ({ labels: { queue, state }, value })),
          ),
        },
      ];
    },
  };
}
