import { pino } from "pino";
import { expect, test } from "vitest";
import type { Metric, MetricSource } from "../../../src/monitoring/application/metrics.ts";
import { createMetricsPage } from "../../../src/monitoring/infrastructure/metrics-page.ts";

const logger = pino({ level: "silent" });
const jobs: Metric = {
  name: "fleet_queue_jobs",
  help: "Jobs in a queue, by state.",
  type: "gauge",
  samples: [{ labels: { queue: 'a"b\n', state: "waiting" }, value: 2 }],
};
const seconds: Metric = {
  name: "fleet_seconds_total",
  help: "Time.",
  type: "counter",
  samples: [{ labels: {}, value: 1.5 }],
};

test("a page holds what the sources and the process say, and which source is away", async () => {
  const sources: MetricSource[] = [{ name: "queues", read: async () => [jobs] }];
  const page = createMetricsPage({ sources, logger });
  sources.push({ name: "models", read: async () => [seconds] });
  sources.push({ name: "councils", read: () => Promise.reject(new Error("the graph is away")) });
  const { text, contentType } = await page();
  expect(contentType).toContain("text/plain");
  const own = text.split("\n").filter((line) => line.includes("fleet_") && !line.startsWith("#"));
  expect(own).toEqual([
    'fleet_metrics_source_up{source="queues"} 1',
    'fleet_metrics_source_up{source="models"} 1',
    'fleet_metrics_source_up{source="councils"} 0',
    'fleet_queue_jobs{queue="a\\"b\\n",state="waiting"} 2',
    "fleet_seconds_total 1.5",
  ]);
  expect(text).toContain("# TYPE fleet_seconds_total counter");
  expect(text).toContain("process_resident_memory_bytes");
  expect(text).not.toContain("the graph is away");
});

test("sources are read once in five seconds, however often a page is asked for", async () => {
  let now = 0;
  let reads = 0;
  const read = async () => {
    reads += 1;
    return [jobs];
  };
  const page = createMetricsPage({ sources: [{ name: "queues", read }], logger, clock: () => now });
  await Promise.all([page(), page()]);
  now = 4_999;
  await page();
  expect(reads).toBe(1);
  now = 5_000;
  await page();
  expect(reads).toBe(2);
});
