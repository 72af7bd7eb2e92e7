import type { DeliberationKind } from "./deliberation.ts";
import type { DeliberationStatus } from "./deliberation-status.ts";
import { preferenceSteps, type SelectionStep, selectionSteps } from "./selection-step.ts";

/** A council's work, on one round of a task or on a story, as far as statistics look at it. */
export type CouncilRecord = {
  readonly id: string;
  readonly repository: number;
  readonly kind: DeliberationKind;
  /** Null where it was about a story. */
  readonly task: string | null;
  readonly round: number;
  readonly status: DeliberationStatus;
  /** Null where it did not end with an outcome. */
  readonly choice: { readonly passAt1: boolean; readonly oracleAtK: boolean; readonly chosenPassed: boolean } | null;
  readonly seats: readonly Seat[];
  /** Null where it left no account; `ms` is wall time. What hosts did for it (`HostUse`) is null in older records. */
  readonly used: {
    readonly tokensIn: number;
    readonly tokensOut: number;
    readonly ms: number;
    readonly tokensCached: number | null;
    readonly hostMs: number | null;
  } | null;
};

/** Who brought candidates: the same model at two temperatures are two. */
export type Seat = { readonly model: string; readonly temperature: number };

/** A candidate, with the step of selection at which it lost; null for a winner. */
export type ProposalRecord = Seat & { readonly deliberation: string; readonly lostAt: string | null };

export type SeatStatistics = Seat & {
  /** How often it was asked for a candidate. */
  readonly asked: number;
  readonly candidates: number;
  /** Of its candidates: those whose edits apply, that pass every check, and that won. */
  readonly applied: number;
  readonly passed: number;
  readonly won: number;
};

/** Figures of councils (COUNCIL.md, "Statistics"). Shares are from 0 to 1, null where nothing was counted. */
export type CouncilStatistics = {
  readonly councils: number;
  /** How many ended in which status. */
  readonly ended: Readonly<Partial<Record<DeliberationStatus, number>>>;
  readonly passAt1: number | null;
  readonly oracleAtK: number | null;
  /** The share in which a candidate passed and another one was chosen. */
  readonly selectorGap: number | null;
  /** Of the tasks whose change people approved: those approved after the first round, and the mean of the rounds. */
  readonly firstTryApproval: number | null;
  readonly roundsToApproval: number | null;
  readonly tokens: { readonly in: number; readonly out: number };
  /** The share of the tokens in that prefix caches held; null where no host tells. */
  readonly prefixCacheHitRate: number | null;
  /** Time of requests at model hosts, summed: GPU seconds where a host batches nothing. Null where nobody measured it. */
  readonly gpuSeconds: number | null;
  /** Wall time of a council in milliseconds; null where none left an account. */
  readonly wallMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** How many candidates lost at which step. */
  readonly lostAt: Readonly<Partial<Record<SelectionStep, number>>>;
  readonly seats: readonly SeatStatistics[];
  /** What the figures suggest, one sentence each. */
  readonly advice: readonly string[];
};

/** Fewer candidates say nothing about a seat. */
const enough = 10;

/** A seat of whose candidates a smaller share applies cannot write the edits that it is asked for. */
const fewApply = 0.5;

/** Adds up what councils did. `approved` are the tasks whose change people approved. */
export function councilStatistics(
  councils: readonly CouncilRecord[],
  proposals: readonly ProposalRecord[],
  approved: ReadonlySet<string>,
): CouncilStatistics {
  const choices = councils.flatMap(({ choice }) => (choice === null ? [] : [choice]));
  const used = councils.flatMap((council) => (council.used === null ? [] : [council.used]));
  const measured = used.flatMap(({ hostMs }) => hostMs ?? []);
  const lastRound = new Map<string, number>();
  for (const { task, round } of councils)
    if (task !== null) lastRound.set(task, Math.max(round, lastRound.get(task) ?? 0));
  const rounds = [...lastRound].filter(([task]) => approved.has(task)).map(([, round]) => round);
  const seats = seatStatistics(councils, proposals);
  return {
    councils: councils.length,
    ended: countBy(councils.map(({ status }) => status)),
    passAt1: share(choices, ({ passAt1 }) => passAt1),
    oracleAtK: share(choices, ({ oracleAtK }) => oracleAtK),
    selectorGap: share(choices, ({ oracleAtK, chosenPassed }) => oracleAtK && !chosenPassed),
    firstTryApproval: share(rounds, (round) => round === 1),
    roundsToApproval: rounds.length === 0 ? null : sum(rounds) / rounds.length,
    tokens: { in: sum(used.map(({ tokensIn }) => tokensIn)), out: sum(used.map(({ tokensOut }) => tokensOut)) },
    prefixCacheHitRate: hitRate(used),
    gpuSeconds: measured.length === 0 ? null : sum(measured) / 1_000,
    wallMs: percentiles(used.map(({ ms }) => ms)),
    lostAt: countBy(proposals.flatMap(({ lostAt }) => selectionSteps.find((step) => step === lostAt) ?? [])),
    seats,
    advice: adviceOn(seats),
  };
}

/** Hosts that do not tell count as nothing cached, so without any hit nobody told. */
function hitRate(used: readonly NonNullable<CouncilRecord["used"]>[]): number | null {
  const told = used.filter(({ tokensCached }) => tokensCached !== null);
  const cached = sum(told.map(({ tokensCached }) => tokensCached ?? 0));
  return cached === 0 ? null : cached / sum(told.map(({ tokensIn }) => tokensIn));
}

function seatStatistics(
  councils: readonly CouncilRecord[],
  proposals: readonly ProposalRecord[],
): readonly SeatStatistics[] {
  const key = ({ model, temperature }: Seat) => JSON.stringify([model, temperature]);
  const asked = councils.flatMap((council) => council.seats);
  const distinct = new Map(asked.map((seat) => [key(seat), seat]));
  return [...distinct].map(([name, { model, temperature }]) => {
    const own = proposals.filter((proposal) => key(proposal) === name);
    const count = (is: (lostAt: string | null) => boolean) => own.filter(({ lostAt }) => is(lostAt)).length;
    return {
      model,
      temperature,
      asked: asked.filter((seat) => key(seat) === name).length,
      candidates: own.length,
      applied: count((lostAt) => lostAt !== "applies"),
      passed: count((lostAt) => lostAt === null || preferenceSteps.some((step) => step === lostAt)),
      won: count((lostAt) => lostAt === null),
    };
  });
}

function adviceOn(seats: readonly SeatStatistics[]): readonly string[] {
  const someoneWon = seats.some(({ won }) => won > 0);
  return seats.flatMap((seat) => {
    const { model, temperature, asked, candidates, applied, won } = seat;
    const name = `${model} at temperature ${temperature}`;
    if (asked < enough) return [];
    if (candidates < asked * fewApply)
      return [`${name} brought a candidate in ${candidates} of ${asked} councils: look at its host, or leave it out.`];
    if (applied < candidates * fewApply)
      return [`Of ${name}, ${applied} of ${candidates} candidates apply: a larger model may write edits better.`];
    if (someoneWon && won === 0)
      return [`${name} never won in ${asked} councils: another model or temperature may bring more.`];
    return [];
  });
}

function share<T>(all: readonly T[], is: (one: T) => boolean): number | null {
  return all.length === 0 ? null : all.filter(is).length / all.length;
}

function sum(all: readonly number[]): number {
  return all.reduce((total, each) => total + each, 0);
}

function countBy<K extends string>(all: readonly K[]): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const each of all) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

/** By nearest rank. */
function percentiles(all: readonly number[]): CouncilStatistics["wallMs"] {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
  return sorted.length === 0 ? null : { p50: at(50), p95: at(95), p99: at(99) };
}
