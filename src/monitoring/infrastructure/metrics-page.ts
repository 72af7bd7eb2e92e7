import type { Logger } from "pino";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Clock } from "../../kernel/clock.ts";
import type { Metric, MetricSource, MetricsPage } from "../application/metrics.ts";

export type MetricsPageOptions = {
  /** May grow later: a process knows more once its engines are open. */
  readonly sources: readonly MetricSource[];
  readonly logger: Logger;
  readonly clock?: Clock;
};

/** So long a page is served again, in milliseconds: however often it is scraped, a source is read no more often. */
const maxAgeMs = 5_000;

/** How long one source may take; Prometheus itself waits for ten seconds. */
const patienceMs = 3_000;

/**
 * What the process measures, for `GET /metrics`: its own figures (memory, event loop, CPU) and what the sources say. Nothing
 * is collected before the first scrape. A source that fails is told by `fleet_metrics_source_up` and fails no page.
 */
export function createMetricsPage({
  sources,
  logger,
  clock = Date.now,
}: MetricsPageOptions): () => Promise<MetricsPage> {
  let own: Registry | null = null;
  let last: { readonly at: number; readonly page: Promise<MetricsPage> } | null = null;

  async function write(): Promise<MetricsPage> {
    own ??= processMetrics();
    const read = await Promise.all(
      sources.map(async (source) => ({ source, metrics: await readSource(source, logger) })),
    );
    const up: Metric = {
      name: "fleet_metrics_source_up",
      help: "Whether a source of metrics answered.",
      type: "gauge",
      samples: read.map(({ source, metrics }) => ({
        labels: { source: source.name },
        value: metrics === null ? 0 : 1,
      })),
    };
    const fresh = new Registry();
    for (const metric of [up, ...read.flatMap(({ metrics }) => metrics ?? [])]) register(metric, fresh);
    return { contentType: fresh.contentType, text: await Registry.merge([own, fresh]).metrics() };
  }

  return () => {
    const now = clock();
    if (last === null || now - last.at >= maxAgeMs) last = { at: now, page: write() };
    return last.page;
  };
}

function processMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Null where the source is away. */
async function readSource({ name, read }: MetricSource, logger: Logger): Promise<readonly Metric[] | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([read(), late]);
  } catch (error) {
    logger.warn({ source: name, err: error }, "a source of metrics is away");
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function register({ name, help, type, samples }: Metric, registry: Registry): void {
  const [first] = samples;
  // The library would say 0 of what nobody knows.
  if (first === undefined) return;
  const labelNames = Object.keys(first.labels);
  const config = { name, help, labelNames, registers: [registry] };
  if (type === "gauge") {
    const gauge = new Gauge(config);
    for (const { labels, value } of samples) gauge.set({ ...labels }, value);
    return;
  }
  const counter = new Counter(config);
  for (const { labels, value } of samples) counter.inc({ ...labels }, value);
}
