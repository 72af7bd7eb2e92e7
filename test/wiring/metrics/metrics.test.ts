import { pino } from "pino";
import { expect, test } from "vitest";
import type { CouncilFigures } from "../../../src/deliberation/application/read-statistics.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";
import { createMetricsPage } from "../../../src/monitoring/infrastructure/metrics-page.ts";
import type { HostState, UsageTotal } from "../../../src/platform/models/model-hosts.ts";
import { councilMetrics } from "../../../src/wiring/metrics/council-metrics.ts";
import { eventMetrics } from "../../../src/wiring/metrics/event-metrics.ts";
import { modelMetrics } from "../../../src/wiring/metrics/model-metrics.ts";
import { outboxMetrics } from "../../../src/wiring/metrics/outbox-metrics.ts";
import { queueMetrics } from "../../../src/wiring/metrics/queue-metrics.ts";

const seat = { model: "coder", asked: 3, candidates: 3, applied: 2, passed: 1, won: 1 };
const figures: CouncilFigures = {
  repository: 7,
  kind: "implementation",
  statistics: {
    ...{ councils: 4, ended: { completed: 3, "timed-out": 1 }, passAt1: 0.25, oracleAtK: 0.75, selectorGap: 0 },
    ...{ firstTryApproval: 0.5, roundsToApproval: 1.5, tokens: { in: 1_000, out: 50 } },
    ...{ prefixCacheHitRate: 0.7, gpuSeconds: 90 },
    ...{ wallMs: { p50: 61_000, p95: 120_000, p99: 121_500 }, lostAt: { acceptance: 2 } },
    seats: [
      { ...seat, temperature: 0.2 },
      { ...seat, temperature: 0.7, won: 0 },
    ],
    advice: ["coder at temperature 0.7 never won: a text that no page holds."],
  },
};

const host: HostState = {
  host: "http://user:secret@gpu-1:8000/v1?key=secret",
  health: "resting",
  running: 3,
  limit: 8,
  models: ["coder"],
  metrics: { running: 5, waiting: 2, prefixCache: { queries: 1_000, hits: 700 } },
};
const silent: HostState = { ...host, host: "http://gpu-2:8000/v1", health: "up", running: 0, metrics: null };

const used = (installation: number, rest: Partial<UsageTotal> = {}): UsageTotal => ({
  ...{ installation, model: "coder", host: host.host, requests: 4, failures: { timeout: 1 } },
  ...{ tokensIn: 100, tokensOut: 20, tokensCached: 60, tokensThinking: 5, ms: 1_500, ...rest },
});

const envelope = {
  ...{ id: "01", now: 0, producer: "deliberation", correlationId: "d", causationId: null },
  subject: { installation: 1, repository: 7, story: null, task: null },
};

const unknown: CouncilFigures = {
  ...{ repository: 8, kind: "review" },
  statistics: {
    ...{ ...figures.statistics, ended: { failed: 1 }, passAt1: null, oracleAtK: null, selectorGap: null },
    ...{
      firstTryApproval: null,
      roundsToApproval: null,
      prefixCacheHitRate: null,
      gpuSeconds: null,
      wallMs: null,
      lostAt: {},
      seats: [],
    },
  },
};

test("what a process measures, as it is scraped", async () => {
  const events = eventMetrics();
  const failed = { deliberationId: "d", kind: "plan", reason: "a text of people" } as const;
  events.observe(createEvent({ type: "deliberation.failed", payload: failed }, envelope));
  const sources = [
    queueMetrics({ depths: async () => [{ queue: "deliberations", counts: { waiting: 2, active: 1 } }] }),
    outboxMetrics(async () => 5),
    councilMetrics(async () => [figures, unknown]),
    modelMetrics({ hosts: () => [host, silent], usage: () => [used(1), used(2)] }),
    events,
  ];
  const { text } = await createMetricsPage({ sources, logger: pino({ level: "silent" }) })();
  const lines = text.split("\n").filter((line) => line.includes("fleet_") && !line.includes("source_up"));
  expect(lines.join("\n")).toMatchSnapshot();
  expect(text).not.toMatch(/secret|never won|a text/);
});
