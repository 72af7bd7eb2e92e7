import type { Metric, MetricSample, MetricSource } from "../../monitoring/application/metrics.ts";
import { hostName } from "../../platform/models/host-cache.ts";
import {
  type HostState,
  type ModelFailureReason,
  type ModelHosts,
  modelFailureReasons,
  type UsageTotal,
} from "../../platform/models/model-hosts.ts";

const gauge = (name: string, help: string, samples: readonly MetricSample[]): Metric => ({
  name,
  help,
  type: "gauge",
  samples,
});

const counter = (name: string, help: string, samples: readonly MetricSample[]): Metric => ({
  name,
  help,
  type: "counter",
  samples,
});

const states = ["up", "resting", "paused"] as const satisfies readonly HostState["health"][];

/** The model hosts as this process's pool knows them, and what it used of them since it started. */
export function modelMetrics(models: Pick<ModelHosts, "hosts" | "usage">): MetricSource {
  return { name: "models", read: async () => [...hostMetrics(models.hosts()), ...usageMetrics(models.usage())] };
}

function hostMetrics(hosts: readonly HostState[]): readonly Metric[] {
  const each = (value: (state: HostState) => number | undefined): readonly MetricSample[] =>
    hosts.flatMap((state) => {
      const known = value(state);
      return known === undefined ? [] : [{ labels: { host: hostName(state.host) }, value: known }];
    });
  return [
    gauge(
      "fleet_model_host_state",
      "1 for the state that a model host is in: up, resting (its circuit is open after failures), paused (it asked for it).",
      hosts.flatMap(({ host, health }) =>
        states.map((state) => ({ labels: { host: hostName(host), state }, value: health === state ? 1 : 0 })),
      ),
    ),
    gauge(
      "fleet_model_host_requests_in_flight",
      "Requests of this process at a model host.",
      each(({ running }) => running),
    ),
    gauge(
      "fleet_model_host_requests_limit",
      "Requests at once that a model host is given.",
      each(({ limit }) => limit),
    ),
    gauge(
      "fleet_model_host_server_requests_running",
      "Requests of everybody that a model host works on, as it tells.",
      each(({ metrics }) => metrics?.running),
    ),
    gauge(
      "fleet_model_host_server_requests_waiting",
      "Requests of everybody that wait at a model host, as it tells.",
      each(({ metrics }) => metrics?.waiting),
    ),
    counter(
      "fleet_model_host_prefix_cache_queries_total",
      "Tokens of prompts that a model host looked up in its prefix cache, as it tells.",
      each(({ metrics }) => metrics?.prefixCache?.queries),
    ),
    counter(
      "fleet_model_host_prefix_cache_hits_total",
      "Tokens of prompts that a model host found in its prefix cache, as it tells.",
      each(({ metrics }) => metrics?.prefixCache?.hits),
    ),
  ];
}

const failed = ({ failures }: UsageTotal): number => Object.values(failures).reduce((sum, count) => sum + count, 0);

function reasonsIn(usage: readonly UsageTotal[]): readonly ModelFailureReason[] {
  const seen = usage.flatMap(({ failures }) => Object.keys(failures));
  return modelFailureReasons.filter((reason) => seen.includes(reason));
}

function usageMetrics(usage: readonly UsageTotal[]): readonly Metric[] {
  // Installations are summed: whose repositories work most is nobody else's business.
  const keys = [...new Set(usage.map(({ host, model }) => JSON.stringify([hostName(host), model])))];
  const totals = keys.map((key) => {
    const rows = usage.filter(({ host, model }) => JSON.stringify([hostName(host), model]) === key);
    const [{ host, model } = { host: "", model: "" }] = rows;
    const sum = (value: (row: UsageTotal) => number): number => rows.reduce((all, row) => all + value(row), 0);
    return { labels: { host: hostName(host), model }, sum };
  });
  const by = (label: string, values: Readonly<Record<string, (row: UsageTotal) => number>>): readonly MetricSample[] =>
    totals.flatMap(({ labels, sum }) =>
      Object.entries(values).map(([name, value]) => ({ labels: { ...labels, [label]: name }, value: sum(value) })),
    );
  return [
    counter(
      "fleet_model_requests_total",
      "Requests to model hosts, by outcome.",
      by("outcome", { answered: (row) => row.requests - failed(row), failed }),
    ),
    counter(
      "fleet_model_failures_total",
      "Requests to model hosts without an answer of use, by reason.",
      by(
        "reason",
        Object.fromEntries(reasonsIn(usage).map((reason) => [reason, ({ failures }) => failures[reason] ?? 0])),
      ),
    ),
    counter(
      "fleet_model_tokens_total",
      "Tokens as the hosts' usage says: in, of these from the prefix cache (cached), and out, of these a reasoning model's thinking (thinking).",
      by("direction", {
        in: (row) => row.tokensIn,
        cached: (row) => row.tokensCached,
        out: (row) => row.tokensOut,
        thinking: (row) => row.tokensThinking,
      }),
    ),
    counter(
      "fleet_model_request_seconds_total",
      "Time of requests at a host, summed, without waiting for it: the GPU seconds that they took where it batches nothing.",
      totals.map(({ labels, sum }) => ({ labels, value: sum(({ ms }) => ms) / 1_000 })),
    ),
  ];
}
