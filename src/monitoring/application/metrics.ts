/** One figure with its labels. Labels are bounded: ids, states and names of models, never a text of people. */
export type MetricSample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/**
 * Figures of one name in Prometheus' terms: a `counter` only grows while a process lives and is named `…_total`; a `gauge`
 * goes up and down. All samples have the same labels. https://prometheus.io/docs/practices/naming/
 */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly MetricSample[];
};

/** Whoever knows some figures. Asked at a scrape; what rejects or is late is told as away. */
export type MetricSource = { readonly name: string; readonly read: () => Promise<readonly Metric[]> };

/** A page as Prometheus reads it. */
export type MetricsPage = { readonly contentType: string; readonly text: string };
