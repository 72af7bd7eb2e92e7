import { checkOf, fixedBy } from "./candidate.ts";
import type { CheckName, CheckResult } from "./check-result.ts";
import { nobodyPassed, winnersReason } from "./selection-reason.ts";
import { type Lost, type SelectionStep, selectionSteps } from "./selection-step.ts";

/** What selection looks at. */
export type Standing = {
  readonly id: string;
  readonly checks: readonly CheckResult[];
  readonly behaviour: string | null;
  readonly diffLines: number;
};

/** What a judge said of two candidates: the id of the better one or null for no preference, and why, as half a sentence. */
export type Judgement = { readonly better: string | null; readonly why: string };

/**
 * A pairwise judgement, asked in both orders beforehand; null where the pair was not compared. Looked up only when
 * everything that was executed left a tie.
 */
export type PairwiseJudge = (a: string, b: string) => Judgement | null;

export type Ranked = {
  readonly id: string;
  /** 1 for the best. */
  readonly rank: number;
  /** The step at which it lost; null for the winner. */
  readonly lostAt: SelectionStep | null;
  readonly why: string;
};

export type Selection = {
  /** Best first; every candidate is in it. */
  readonly ranking: readonly Ranked[];
  readonly winner: string | null;
  /** The highest ranked one that applies: the best attempt when nobody passed. */
  readonly best: string | null;
  readonly reason: string;
};

/**
 * Chooses among candidates by what was executed, not by opinion. A candidate passes when it applies, builds, breaks
 * nothing, passes every acceptance test (or consists of tests that are sound) and has no policy finding; a check that
 * should have run and did not is no pass. Only among those that pass do the tests that failed before, the largest
 * behavioural cluster, the judge and the smallest diff decide. The order of the input does not matter.
 */
export function select(candidates: readonly Standing[], judge: PairwiseJudge | null = null): Selection {
  const lost = new Map<string, Lost>();
  const passing = passingOf(candidates, lost);
  const tied = largestCluster(mostFixed(passing, lost), lost);
  const preferred = judged(tied, judge, lost);
  const [winner] = smallestDiff(preferred, judge, lost);
  // What the judge said in the winner's favour; the losers' reasons name it as well.
  const verdict = winner === undefined ? null : favour(winner, tied, judge);
  const order = [...candidates].sort((a, b) => compareStandings(a, b, lost));
  const ranking = order.map(
    ({ id }, index): Ranked => ({
      id,
      rank: index + 1,
      lostAt: lost.get(id)?.step ?? null,
      why: lost.get(id)?.why ?? winnersReason(candidates, passing, lost, id, verdict),
    }),
  );
  const best = order.find((candidate) => checkOf(candidate, "applies")?.status === "passed")?.id ?? null;
  if (winner !== undefined) {
    return {
      ranking,
      winner: winner.id,
      best,
      reason: `${winner.id} won: ${winnersReason(candidates, passing, lost, winner.id, verdict)}`,
    };
  }
  return { ranking, winner: null, best, reason: nobodyPassed(order, lost) };
}

/** The candidates among which nothing that was executed decides; fewer than two are no tie. */
export function tiedByExecution(candidates: readonly Standing[]): readonly Standing[] {
  const lost = new Map<string, Lost>();
  const tied = largestCluster(mostFixed(passingOf(candidates, lost), lost), lost);
  return tied.length < 2 ? [] : tied;
}

/**
 * The check behind each hard step. A skipped check had nothing to say; `applies` and `policy` always have. A dry run counts
 * where it failed only: which tools for deployment files are installed is no matter of a candidate's.
 */
const hardSteps: readonly {
  step: SelectionStep;
  checks: readonly CheckName[];
  skippable: boolean;
  onlyFailures?: true;
}[] = [
  { step: "applies", checks: ["applies"], skippable: false },
  { step: "builds", checks: ["builds"], skippable: true },
  { step: "dry-run", checks: ["dry-run"], skippable: true, onlyFailures: true },
  { step: "regressions", checks: ["regressions"], skippable: true },
  { step: "acceptance", checks: ["acceptance"], skippable: true },
  { step: "policy", checks: ["policy"], skippable: false },
  { step: "policy", checks: ["size"], skippable: true },
];

function firstFailure(candidate: Standing): Lost | null {
  for (const { step, checks, skippable, onlyFailures } of hardSteps) {
    for (const name of checks) {
      const check = checkOf(candidate, name);
      if (onlyFailures === true && check?.status !== "failed") continue;
      if (check === null) return { step, why: `${name} was not checked` };
      if (check.status === "passed" || (check.status === "skipped" && skippable)) continue;
      const failing = check.failing[0] === undefined ? "" : ` (${check.failing.slice(0, 3).join("; ")})`;
      return { step, why: `${check.summary.replace(/\.$/, "")}${failing}` };
    }
  }
  return null;
}

/**
 * Keeps those that pass every check. A changed test that fails as it was is no regression where everybody who passes
 * needs that change; beside one who does not need it, it is.
 */
function passingOf(candidates: readonly Standing[], lost: Map<string, Lost>): readonly Standing[] {
  for (const candidate of candidates) {
    const failure = firstFailure(candidate);
    if (failure !== null) lost.set(candidate.id, failure);
  }
  const passing = candidates.filter(({ id }) => !lost.has(id));
  const isFaithful = (candidate: Standing) => (checkOf(candidate, "regressions")?.failing ?? []).length === 0;
  const faithful = passing.filter(isFaithful);
  if (faithful.length === 0) return mostAccepted(passing, lost);
  for (const candidate of passing.filter((each) => !isFaithful(each))) {
    const failing = checkOf(candidate, "regressions")?.failing ?? [];
    const why = `${faithful[0]?.id} passes without changing what existing tests ask for (${failing.slice(0, 3).join("; ")})`;
    lost.set(candidate.id, { step: "regressions", why });
  }
  return mostAccepted(faithful, lost);
}

/**
 * Keeps those that pass most acceptance tests. Where these are the council's or somebody's, what passes passes all of them;
 * where candidates are tests themselves, they may cover one criterion more or less (`newTestsCell`).
 */
function mostAccepted(passing: readonly Standing[], lost: Map<string, Lost>): readonly Standing[] {
  const most = Math.max(...passing.map(acceptancePassed));
  return passing.filter((candidate) => {
    if (acceptancePassed(candidate) === most) return true;
    const of = checkOf(candidate, "acceptance")?.total ?? most;
    const why = `it covers ${acceptancePassed(candidate)} of ${of} criteria, the best ${most}`;
    lost.set(candidate.id, { step: "acceptance", why });
    return false;
  });
}

/** Keeps those that make most tests pass that failed before any change. */
function mostFixed(passing: readonly Standing[], lost: Map<string, Lost>): readonly Standing[] {
  const most = Math.max(...passing.map(fixedBy));
  return passing.filter((candidate) => {
    const fixed = fixedBy(candidate);
    if (fixed === most) return true;
    const why = `of the tests that fail without a change it makes ${fixed} pass, the winner ${most}`;
    lost.set(candidate.id, { step: "fixes", why });
    return false;
  });
}

/** Keeps those that behave like most others; without any result of a test there is nothing to compare. */
function largestCluster(passing: readonly Standing[], lost: Map<string, Lost>): readonly Standing[] {
  const sizes = new Map<string, number>();
  for (const { behaviour, id } of passing) {
    const cluster = behaviour ?? `alone:${id}`;
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  if (passing.every(({ behaviour }) => behaviour === null)) return passing;
  const largest = Math.max(...sizes.values());
  return passing.filter(({ behaviour, id }) => {
    const size = sizes.get(behaviour ?? `alone:${id}`) ?? 0;
    if (size === largest) return true;
    lost.set(id, {
      step: "behaviour",
      why: `it behaves like ${size} of ${passing.length}, the winner like ${largest}`,
    });
    return false;
  });
}

/** Keeps those that the judge preferred most often; without any preference everybody stays. */
function judged(tied: readonly Standing[], judge: PairwiseJudge | null, lost: Map<string, Lost>): readonly Standing[] {
  if (judge === null || tied.length < 2) return tied;
  const wins = new Map(
    tied.map(({ id }) => [id, tied.filter((other) => other.id !== id && judge(id, other.id)?.better === id).length]),
  );
  const most = Math.max(...wins.values());
  const preferred = tied.filter(({ id }) => wins.get(id) === most);
  for (const { id } of tied.filter((each) => !preferred.includes(each))) {
    const against = preferred.find((other) => judge(id, other.id)?.better === other.id);
    const counted = `the judge preferred it ${wins.get(id) ?? 0} times, the winner ${most} times`;
    lost.set(id, { step: "judge", why: against === undefined ? counted : (judge(id, against.id)?.why ?? counted) });
  }
  return preferred;
}

function favour(winner: Standing, tied: readonly Standing[], judge: PairwiseJudge | null): string | null {
  const said = tied.filter(({ id }) => id !== winner.id).map(({ id }) => judge?.(winner.id, id) ?? null);
  return said.find((each) => each?.better === winner.id)?.why ?? null;
}

function smallestDiff(
  left: readonly Standing[],
  judge: PairwiseJudge | null,
  lost: Map<string, Lost>,
): readonly Standing[] {
  const [first, ...rest] = [...left].sort((a, b) => a.diffLines - b.diffLines || byId(a.id, b.id));
  if (first === undefined) return [];
  for (const { id, diffLines } of rest) {
    const decided =
      diffLines > first.diffLines
        ? `tie broken by smallest diff: ${diffLines} changed lines against ${first.diffLines}`
        : `tie broken by smallest diff: as many changed lines (${diffLines}), so the lower number decided`;
    const judgement = judge?.(id, first.id) ?? null;
    lost.set(id, { step: "smallest-diff", why: judgement === null ? decided : `${decided} (${judgement.why})` });
  }
  return [first];
}

function compareStandings(a: Standing, b: Standing, lost: ReadonlyMap<string, Lost>): number {
  const reached = ({ id }: Standing): number => {
    const step = lost.get(id)?.step;
    return step === undefined ? selectionSteps.length : selectionSteps.indexOf(step);
  };
  return (
    reached(b) - reached(a) ||
    acceptancePassed(b) - acceptancePassed(a) ||
    fixedBy(b) - fixedBy(a) ||
    a.diffLines - b.diffLines ||
    byId(a.id, b.id)
  );
}

function acceptancePassed(candidate: Standing): number {
  return checkOf(candidate, "acceptance")?.passed ?? 0;
}

/** c2 before c10, c1 before c1r. */
export function byId(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
