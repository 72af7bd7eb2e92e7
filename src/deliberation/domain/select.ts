import { checkOf } from "./candidate.ts";
import type { CheckName, CheckResult } from "./check-result.ts";

/** The steps of selection, in COUNCIL.md's order (step 6). */
export const selectionSteps = [
  "applies",
  "builds",
  "regressions",
  "acceptance",
  "policy",
  "behaviour",
  "judge",
  "smallest-diff",
] as const;

export type SelectionStep = (typeof selectionSteps)[number];

/** What selection looks at. */
export type Standing = {
  readonly id: string;
  readonly checks: readonly CheckResult[];
  readonly behaviour: string | null;
  readonly diffLines: number;
};

/**
 * A pairwise judgement, asked in both orders and counted over several votes beforehand: the id of the better one, or
 * null for a draw. Looked up only when everything that was executed left a tie.
 */
export type PairwiseJudge = (a: string, b: string) => string | null;

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

type Lost = { readonly step: SelectionStep; readonly why: string };

/**
 * Chooses among candidates by what was executed, not by opinion. A candidate passes when it applies, builds, breaks
 * nothing, passes every acceptance test and has no policy finding; a check that should have run and did not is no pass.
 * Only among those that pass do the largest behavioural cluster, the judge and the smallest diff decide. The order of
 * the input does not matter.
 */
export function select(candidates: readonly Standing[], judge: PairwiseJudge | null = null): Selection {
  const lost = new Map<string, Lost>();
  for (const candidate of candidates) {
    const failure = firstFailure(candidate);
    if (failure !== null) lost.set(candidate.id, failure);
  }
  const passing = candidates.filter(({ id }) => !lost.has(id));
  let left = largestCluster(passing, lost);
  left = judged(left, judge, lost);
  left = smallestDiff(left, judge, lost);
  const [winner] = left;
  const order = [...candidates].sort((a, b) => compareStandings(a, b, lost));
  const ranking = order.map(
    ({ id }, index): Ranked => ({
      id,
      rank: index + 1,
      lostAt: lost.get(id)?.step ?? null,
      why: lost.get(id)?.why ?? winnersReason(candidates, passing, lost, id),
    }),
  );
  const best = order.find((candidate) => checkOf(candidate, "applies")?.status === "passed")?.id ?? null;
  if (winner !== undefined) {
    return {
      ranking,
      winner: winner.id,
      best,
      reason: `${winner.id} won: ${winnersReason(candidates, passing, lost, winner.id)}`,
    };
  }
  return { ranking, winner: null, best, reason: nobodyPassed(order, lost) };
}

/** The check behind each hard step. A skipped check had nothing to say; `applies` and `policy` always have. */
const hardSteps: readonly { step: SelectionStep; checks: readonly CheckName[]; skippable: boolean }[] = [
  { step: "applies", checks: ["applies"], skippable: false },
  { step: "builds", checks: ["builds"], skippable: true },
  { step: "regressions", checks: ["regressions"], skippable: true },
  { step: "acceptance", checks: ["acceptance"], skippable: true },
  { step: "policy", checks: ["policy"], skippable: false },
  { step: "policy", checks: ["size"], skippable: true },
];

function firstFailure(candidate: Standing): Lost | null {
  for (const { step, checks, skippable } of hardSteps) {
    for (const name of checks) {
      const check = checkOf(candidate, name);
      if (check === null) return { step, why: `${name} was not checked` };
      if (check.status === "passed" || (check.status === "skipped" && skippable)) continue;
      const failing = check.failing[0] === undefined ? "" : ` (${check.failing.slice(0, 3).join("; ")})`;
      return { step, why: `${check.summary.replace(/\.$/, "")}${failing}` };
    }
  }
  return null;
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

function judged(left: readonly Standing[], judge: PairwiseJudge | null, lost: Map<string, Lost>): readonly Standing[] {
  if (judge === null || left.length < 2) return left;
  const wins = new Map(
    left.map(({ id }) => [id, left.filter((other) => other.id !== id && judge(id, other.id) === id).length]),
  );
  const most = Math.max(...wins.values());
  return left.filter(({ id }) => {
    const own = wins.get(id) ?? 0;
    if (own === most) return true;
    lost.set(id, { step: "judge", why: `the judge preferred it ${own} times, the winner ${most} times` });
    return false;
  });
}

function smallestDiff(
  left: readonly Standing[],
  judge: PairwiseJudge | null,
  lost: Map<string, Lost>,
): readonly Standing[] {
  const [first, ...rest] = [...left].sort((a, b) => a.diffLines - b.diffLines || byId(a.id, b.id));
  if (first === undefined) return [];
  for (const { id, diffLines } of rest) {
    const tie = judge === null ? "tie broken by smallest diff" : "the judge saw no difference; smallest diff decided";
    const why =
      diffLines > first.diffLines
        ? `${tie}: ${diffLines} changed lines against ${first.diffLines}`
        : `${tie}: as many changed lines (${diffLines}), so the lower number decided`;
    lost.set(id, { step: "smallest-diff", why });
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
    a.diffLines - b.diffLines ||
    byId(a.id, b.id)
  );
}

function acceptancePassed(candidate: Standing): number {
  return checkOf(candidate, "acceptance")?.passed ?? 0;
}

/** c2 before c10, c1 before c1r. */
function byId(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function winnersReason(
  all: readonly Standing[],
  passing: readonly Standing[],
  lost: ReadonlyMap<string, Lost>,
  id: string,
): string {
  const winner = all.find((candidate) => candidate.id === id);
  const acceptance = winner === undefined ? null : checkOf(winner, "acceptance");
  const shown =
    acceptance?.total === null || acceptance?.total === undefined || acceptance.total === 0
      ? "breaks no existing test; no acceptance test could be kept"
      : `breaks no existing test and passes ${acceptance.passed ?? 0} of ${acceptance.total} acceptance tests`;
  if (passing.length === 1) {
    const alone = all.length === 1 ? "it passes" : `it alone of ${all.length} passes`;
    return `${alone}: it applies, builds, ${shown}.`;
  }
  const last =
    selectionSteps.findLast((step) => [...lost.values()].some((each) => each.step === step)) ?? "smallest-diff";
  const decided: Partial<Record<SelectionStep, string>> = {
    behaviour: "most of them behave like it",
    judge: "the judge preferred it",
    "smallest-diff": `tie broken by smallest diff (${winner?.diffLines ?? 0} lines)`,
  };
  return `it applies, builds, ${shown}; of the ${passing.length} that pass: ${decided[last] ?? "nothing tells them apart"}.`;
}

function nobodyPassed(order: readonly Standing[], lost: ReadonlyMap<string, Lost>): string {
  if (order.length === 0) return "Nobody passed: no member brought a candidate.";
  const reasons = order.slice(0, 3).map(({ id }) => `${id} ${lost.get(id)?.step ?? ""}: ${lost.get(id)?.why ?? ""}`);
  const more = order.length > 3 ? `; and ${order.length - 3} more` : "";
  return `Nobody passed. ${reasons.join("; ")}${more}.`;
}
