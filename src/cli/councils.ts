import Table from "cli-table3";
import { z } from "zod";
import type { NamedRepository } from "../github/reconcile/named-repository.ts";
import type { Environment } from "../platform/config/environment.ts";
import { askFleet } from "./ask-fleet.ts";

const longestMs = 60_000;

const share = z.number().nullable();

/** What is shown of the fleet's answer. */
const shownStatistics = z.object({
  councils: z.int(),
  ended: z.record(z.string(), z.int()),
  passAt1: share,
  oracleAtK: share,
  selectorGap: share,
  firstTryApproval: share,
  roundsToApproval: z.number().nullable(),
  tokens: z.object({ in: z.number(), out: z.number() }),
  prefixCacheHitRate: share,
  gpuSeconds: z.number().nullable(),
  hosts: z.array(z.object({ host: z.string(), prefixCacheHitRate: share })),
  wallMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  lostAt: z.record(z.string(), z.int()),
  seats: z.array(
    z.object({
      model: z.string(),
      temperature: z.number(),
      asked: z.int(),
      candidates: z.int(),
      applied: z.int(),
      passed: z.int(),
      won: z.int(),
    }),
  ),
  advice: z.array(z.string()),
});

type Shown = z.infer<typeof shownStatistics>;

export type CouncilsOptions = { readonly json: boolean; readonly repo?: NamedRepository };

/**
 * `fleet councils`: how the councils on tasks did, as the running fleet's graph knows it. Returns the exit code: 1 where no
 * fleet answered in time or it does not know the repository.
 */
export async function runCouncils(
  environment: Environment,
  { json, repo }: CouncilsOptions,
  out: (text: string) => void,
): Promise<number> {
  const job = { timer: "councils", ...(repo === undefined ? {} : { repository: repo }) };
  const answer = await askFleet(environment, job, longestMs);
  if (answer.kind === "none") {
    console.error(answer.reason);
    return 1;
  }
  out(json ? `${JSON.stringify(answer.value)}\n` : `${statisticsText(shownStatistics.parse(answer.value))}\n`);
  return 0;
}

/** The figures as people read them. */
export function statisticsText(statistics: Shown): string {
  const { councils, ended, tokens, wallMs, lostAt, seats, advice } = statistics;
  if (councils === 0) return "No council has worked on a task yet.";
  const table = new Table({
    head: ["model", "temperature", "asked", "candidates", "apply", "pass", "won"],
    style: { head: [], border: [] },
  });
  for (const { model, temperature, asked, candidates, applied, passed, won } of seats)
    table.push([model, temperature, asked, candidates, applied, passed, won]);
  const { roundsToApproval: rounds } = statistics;
  return [
    `${councils} councils on tasks: ${counted(ended)}.`,
    `The first candidate passes in ${percent(statistics.passAt1)}, some candidate in ${percent(statistics.oracleAtK)}; another one was chosen in ${percent(statistics.selectorGap)}.`,
    `People approved ${percent(statistics.firstTryApproval)} of the approved tasks after the first round${rounds === null ? "" : `, on average after ${rounds.toFixed(1)} rounds`}.`,
    `${tokens.in.toLocaleString("en")} tokens in, ${tokens.out.toLocaleString("en")} out${wallMs === null ? "" : `; a council takes ${seconds(wallMs.p50)} (p95 ${seconds(wallMs.p95)}, p99 ${seconds(wallMs.p99)})`}.`,
    ...hostLines(statistics),
    ...(Object.keys(lostAt).length === 0 ? [] : [`Candidates lost at: ${counted(lostAt)}.`]),
    table.toString(),
    ...advice,
  ].join("\n");
}

/** What is known of the model hosts; nothing of it where they do not tell. */
function hostLines({ gpuSeconds, prefixCacheHitRate: rate, hosts }: Shown): readonly string[] {
  const time =
    gpuSeconds === null ? [] : [`${Math.round(gpuSeconds).toLocaleString("en")} s of requests at model hosts`];
  const cache = rate === null ? [] : [`their prefix caches held ${percent(rate)} of the tokens in`];
  const told = [...time, ...cache].join("; ");
  const caches = hosts.flatMap(({ host, prefixCacheHitRate: own }) =>
    own === null
      ? []
      : [`The prefix cache of ${host} held ${percent(own)} of what everybody asked it since it started.`],
  );
  return [...(told === "" ? [] : [`${told}.`]), ...caches];
}

function counted(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return all.map(([name, count]) => `${count} ${name}`).join(", ");
}

function percent(value: number | null): string {
  return value === null ? "no case" : `${Math.round(value * 100)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
