import { z } from "zod";
import { byId, type Judgement, type PairwiseJudge, type Standing, select, tiedByExecution } from "./select.ts";

/** One answer of a judge that was shown two candidates in one order. */
export const voteSchema = z.object({
  first: z.string(),
  second: z.string(),
  /** The member that judged, and its model. */
  judge: z.int().min(1),
  model: z.string(),
  /** The candidate that it takes for the better one; null where it sees no difference or gave no vote. */
  better: z.string().nullable(),
  /** In its own words, untrusted. */
  reason: z.string().max(300),
  /** Why there is no vote; null where there is one. */
  missing: z.string().nullable(),
});

export type Vote = z.infer<typeof voteSchema>;

/** A checked candidate as the judge's rules see it. */
export type Judged = Standing & { readonly treeHash: string | null; readonly member: number };

/** Two candidates that are compared; the order says nothing. */
export type Pair<T extends Judged = Judged> = readonly [T, T];

/** Every pair costs two calls, so only the tied candidates with the smallest diffs are compared. */
const mostCompared = 4;

/**
 * The pairs that a judge is asked about: candidates that everything executed leaves tied. The same change brought twice
 * is one candidate here.
 */
export function pairsToJudge<T extends Judged>(candidates: readonly T[]): readonly Pair<T>[] {
  const compared = distinct(candidates).slice(0, mostCompared);
  return compared.flatMap((a, at) => compared.slice(at + 1).map((b): Pair<T> => [a, b]));
}

function distinct<T extends Judged>(candidates: readonly T[]): readonly T[] {
  const tied = new Set(tiedByExecution(candidates).map(({ id }) => id));
  const ordered = candidates
    .filter(({ id }) => tied.has(id))
    .sort((a, b) => a.diffLines - b.diffLines || byId(a.id, b.id));
  return ordered.filter((each, at) => ordered.findIndex((other) => isSameChange(each, other)) === at);
}

function isSameChange(a: Judged, b: Judged): boolean {
  return a.id === b.id || (a.treeHash !== null && a.treeHash === b.treeHash);
}

type Seat = { readonly number: number; readonly model: string };

/** Who judges two candidates: so many vote (`seats`), the first of these; one of the others where one of them gives no vote. */
export type Panel<S extends Seat = Seat> = { readonly judges: readonly S[]; readonly seats: number };

/**
 * Who may judge two candidates: every member that wrote neither, those of another model than both authors first, and an odd
 * number of them, since an even one could only be undecided more often. Where there is nobody else all judge: each author's
 * vote then meets the other's, and what they agree on counts.
 */
export function panelOf<S extends Seat>(members: readonly S[], [a, b]: Pair): Panel<S> {
  const isAuthor = ({ number }: Seat): boolean => number === a.member || number === b.member;
  const authors = new Set(members.filter(isAuthor).map(({ model }) => model));
  const others = members.filter((member) => !isAuthor(member));
  if (others.length === 0) return { judges: members, seats: members.length };
  const judges = [
    ...others.filter(({ model }) => !authors.has(model)),
    ...others.filter(({ model }) => authors.has(model)),
  ];
  return { judges, seats: judges.length % 2 === 0 ? judges.length - 1 : judges.length };
}

/**
 * Turns votes into the judge of `select`. A judge's vote counts only when it names the same candidate in both orders: models
 * flip with the order of what they are shown. Most votes that count decide; everything else is no preference, with the
 * reason.
 */
export function judgeBy(candidates: readonly Judged[], votes: readonly Vote[]): PairwiseJudge {
  const standsFor = new Map<string, string>();
  const compared = distinct(candidates);
  for (const each of candidates) {
    const same = compared.find((other) => isSameChange(each, other));
    if (same !== undefined) standsFor.set(each.id, same.id);
  }
  return (a, b) => {
    const [left, right] = [standsFor.get(a) ?? a, standsFor.get(b) ?? b];
    if (left === right) return null;
    const judgement = judgementOf(votes, left, right);
    if (judgement === null || judgement.better === null) return judgement;
    return { ...judgement, better: judgement.better === left ? a : b };
  };
}

/** A pair with those who judge it. */
export type Dispute<T extends Judged = Judged, S extends Seat = Seat> = {
  readonly pair: Pair<T>;
  readonly panel: Panel<S>;
};

/** How many judges of a pair may still give a vote. */
export function votesLeft(votes: readonly Vote[], { pair: [a, b], panel }: Dispute): number {
  const asked = votes.filter(({ first, second }) => isPair(first, second, a.id, b.id));
  const given = verdictsOf(votes, a.id, b.id).length;
  const failed = new Set(asked.filter(({ missing }) => missing !== null).map(({ judge }) => judge)).size;
  return Math.max(0, Math.min(panel.seats - given, panel.judges.length - given - failed));
}

/** Where a pair may still go, whatever is said by those who have not voted: a candidate's id, or null for nobody. */
export function outcomesLeft(votes: readonly Vote[], dispute: Dispute): readonly (string | null)[] {
  const [a, b] = dispute.pair;
  const verdicts = verdictsOf(votes, a.id, b.id);
  const count = (id: string): number => verdicts.filter(({ better }) => better === id).length;
  const ahead = count(a.id) - count(b.id);
  const left = votesLeft(votes, dispute);
  return [
    ...(ahead + left > 0 ? [a.id] : []),
    ...(ahead - left < 0 ? [b.id] : []),
    ...(Math.abs(ahead) <= left ? [null] : []),
  ];
}

/**
 * Whether the votes that are in settle who wins: the winner is the same wherever each pair may still go. Then nothing is
 * left to wait for. Every case is tried until one differs, so it is as right as `select`; at most 6 pairs, 729 cases.
 */
export function isSettled<T extends Judged>(
  candidates: readonly T[],
  votes: readonly Vote[],
  disputes: readonly Dispute<T>[],
): boolean {
  const winnerBy = (all: readonly Vote[]): string | null => select(candidates, judgeBy(candidates, all)).winner;
  const settled = winnerBy(votes);
  const holds = (given: readonly Vote[], left: readonly Dispute<T>[]): boolean => {
    const [dispute, ...rest] = left;
    if (dispute === undefined) return winnerBy(given) === settled;
    return outcomesLeft(votes, dispute).every((better) => holds([...supposed(dispute.pair, better), ...given], rest));
  };
  return holds([], disputes);
}

/** What a judge would have to say for a pair to go to `better`. */
function supposed([a, b]: Pair, better: string | null): readonly Vote[] {
  const one: Vote = { first: a.id, second: b.id, judge: 0, model: "", better, reason: "", missing: null };
  return [one, { ...one, first: b.id, second: a.id }];
}

/** What one judge said of a pair in both orders. `better` is null where that counts for nobody, and `why` then says why. */
type Verdict = { readonly judge: string; readonly better: string | null; readonly why: string };

/** By the judges' numbers, whoever answered first. */
function verdictsOf(votes: readonly Vote[], a: string, b: string): readonly Verdict[] {
  const given = votes.filter(({ first, second, missing }) => missing === null && isPair(first, second, a, b));
  return given
    .filter(({ first }) => first === a)
    .sort((one, two) => one.judge - two.judge)
    .flatMap((vote) => {
      const swapped = given.find(({ judge, first }) => judge === vote.judge && first === b);
      return swapped === undefined ? [] : [agreed(vote, swapped)];
    });
}

function isPair(first: string, second: string, a: string, b: string): boolean {
  return (first === a && second === b) || (first === b && second === a);
}

function agreed(one: Vote, two: Vote): Verdict {
  const judge = `member ${one.judge} (${one.model})`;
  if (one.better === null && two.better === null) return { judge, better: null, why: `${judge} saw no difference` };
  if (one.better === two.better) {
    const reason = [one, two].map((vote) => vote.reason).find((text) => text !== "");
    return { judge, better: one.better, why: reason ?? "" };
  }
  const flipped = `${judge} answered otherwise when the order was swapped, which counts for nobody`;
  return { judge, better: null, why: flipped };
}

/** What came of a pair; null where it was never asked about. */
function judgementOf(votes: readonly Vote[], a: string, b: string): Judgement | null {
  if (!votes.some(({ first, second }) => isPair(first, second, a, b))) return null;
  const verdicts = verdictsOf(votes, a, b);
  if (verdicts.length === 0) return { better: null, why: "no judge answered in both orders" };
  const [forA = [], forB = []] = [a, b].map((id) => verdicts.filter(({ better }) => better === id));
  if (forA.length > forB.length) return preferred(a, b, forA, forB);
  if (forB.length > forA.length) return preferred(b, a, forB, forA);
  if (forA.length > 0) return { better: null, why: `the judges are divided, ${forA.length} to ${forB.length}` };
  return { better: null, why: verdicts.map(({ why }) => why).join("; ") };
}

function preferred(better: string, other: string, pro: readonly Verdict[], against: readonly Verdict[]): Judgement {
  const named = (verdicts: readonly Verdict[]): string => verdicts.map(({ judge }) => judge).join(", ");
  const said = `${named(pro)} preferred ${better} to ${other} in both orders`;
  const dissent = against.length === 0 ? "" : `, against ${named(against)}`;
  const reason = pro.map(({ why }) => why).find((text) => text !== "");
  return { better, why: `${said}${dissent}${reason === undefined ? "" : `: ${reason}`}` };
}
