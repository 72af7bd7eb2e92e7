import type { CouncilFigures } from "../../deliberation/application/read-statistics.ts";
import type { Metric, MetricSample, MetricSource } from "../../monitoring/application/metrics.ts";

type Labels = Readonly<Record<string, string>>;

/** So many samples of one council kind in one repository; none where a figure is not known. */
type Samples = (statistics: CouncilFigures["statistics"]) => readonly MetricSample[];

/** One sample, or none of what is not known. */
const known = (value: number | null): readonly MetricSample[] => (value === null ? [] : [{ labels: {}, value }]);

const counted = (label: string, counts: Readonly<Record<string, number>>): readonly MetricSample[] =>
  Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));

/** Every figure, as the latest councils have it; a window of them, so nothing here is a counter. */
const figures: readonly { readonly name: string; readonly help: string; readonly samples: Samples }[] = [
  {
    name: "fleet_councils",
    help: "Councils that are over, by how they ended.",
    samples: ({ ended }) => counted("status", ended),
  },
  {
    name: "fleet_council_pass_at_1_ratio",
    help: "Share of councils whose first member's first candidate passes.",
    samples: ({ passAt1 }) => known(passAt1),
  },
  {
    name: "fleet_council_oracle_at_k_ratio",
    help: "Share of councils of which some candidate passes.",
    samples: ({ oracleAtK }) => known(oracleAtK),
  },
  {
    name: "fleet_council_selector_gap_ratio",
    help: "Share of councils in which a candidate passes and another one was chosen.",
    samples: ({ selectorGap }) => known(selectorGap),
  },
  {
    name: "fleet_council_first_try_approval_ratio",
    help: "Share of the tasks with a change that people approved whose first round they approved.",
    samples: ({ firstTryApproval }) => known(firstTryApproval),
  },
  {
    name: "fleet_council_rounds_to_approval",
    help: "Rounds that a task took whose change people approved, on average.",
    samples: ({ roundsToApproval }) => known(roundsToApproval),
  },
  {
    name: "fleet_council_tokens",
    help: "Tokens that councils used, into the models and out of them.",
    samples: ({ tokens }) => counted("direction", tokens),
  },
  {
    name: "fleet_council_prefix_cache_hit_ratio",
    help: "Share of the tokens into the models that prefix caches held, as far as the hosts tell.",
    samples: ({ prefixCacheHitRate }) => known(prefixCacheHitRate),
  },
  {
    name: "fleet_council_gpu_seconds",
    help: "Time of councils' requests at model hosts, summed: GPU seconds where a host batches nothing.",
    samples: ({ gpuSeconds }) => known(gpuSeconds),
  },
  {
    name: "fleet_council_wall_seconds",
    help: "Wall time of a council, by quantile.",
    samples: ({ wallMs }) =>
      wallMs === null
        ? []
        : (["p50", "p95", "p99"] as const).map((name) => ({
            labels: { quantile: String(Number(name.slice(1)) / 100) },
            value: wallMs[name] / 1_000,
          })),
  },
  {
    name: "fleet_council_lost_candidates",
    help: "Candidates that were not chosen, by the step of selection at which they lost.",
    samples: ({ lostAt }) => counted("step", lostAt),
  },
  {
    name: "fleet_council_model_candidates",
    help: "What came of asking a model for candidates: how often it was asked, brought one, one that applies, passes, won.",
    samples: ({ seats }) =>
      [...new Set(seats.map(({ model }) => model))].flatMap((model) => {
        const own = seats.filter((seat) => seat.model === model);
        return (["asked", "candidates", "applied", "passed", "won"] as const).map((result) => ({
          labels: { model, result },
          value: own.reduce((sum, seat) => sum + seat[result], 0),
        }));
      }),
  },
];

/** How the latest councils did, by repository (GitHub's id) and council kind, and of those on tasks by model. */
export function councilMetrics(read: () => Promise<readonly CouncilFigures[]>): MetricSource {
  return {
    name: "councils",
    async read() {
      const all = await read();
      return figures.map(
        ({ name, help, samples }): Metric => ({
          name,
          help: `${help} Of the latest 1,000 councils.`,
          type: "gauge",
          samples: all.flatMap(({ repository, kind, statistics }) => {
            const of: Labels = { repository: String(repository), kind };
            return samples(statistics).map(({ labels, value }) => ({ labels: { ...of, ...labels }, value }));
          }),
        }),
      );
    },
  };
}
