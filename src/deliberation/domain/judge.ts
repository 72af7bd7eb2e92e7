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

/** Judges that are tried for one pair, the next where one does not answer. */
const mostJudges = 2;

/**
 * Who may judge two candidates: members of another model than both authors, before those that merely wrote neither. An
 * author never judges its own work; without anybody else there is no judge.
 */
export function judgesOf<S extends Seat>(members: readonly S[], [a, b]: Pair): readonly S[] {
  const isAuthor = ({ number }: Seat): boolean => number === a.member || number === b.member;
  const authors = new Set(members.filter(isAuthor).map(({ model }) => model));
  const others = members.filter((member) => !isAuthor(member));
  return [
    ...others.filter(({ model }) => !authors.has(model)),
    ...others.filter(({ model }) => authors.has(model)),
  ].slice(0, mostJudges);
}

/**
 * Turns votes into the judge of `select`. A verdict counts only when one judge names the same candidate in both orders:
 * models flip with the order of what they are shown. Everything else is no preference, with the reason.
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

/** Whether one judge has answered for a pair in both orders. */
export function isJudged(votes: readonly Vote[], [a, b]: Pair): boolean {
  const given = votes.filter(({ missing }) => missing === null);
  return given.some(
    ({ first, second, judge }) =>
      first === a.id &&
      second === b.id &&
      given.some((other) => other.judge === judge && other.first === b.id && other.second === a.id),
  );
}

/**
 * Whether the votes that are in settle who wins: the winner is the same whatever becomes of the pairs that are still `open`,
 * each of which may go to either side or to nobody. Then nothing is left to wait for. Every case is tried, so it is as right
 * as `select`; at most 5 of 6 pairs are open (`mostCompared`), 243 cases.
 */
export function isSettled<T extends Judged>(
  candidates: readonly T[],
  votes: readonly Vote[],
  open: readonly Pair<T>[],
): boolean {
  const winnerBy = (all: readonly Vote[]): string | null => select(candidates, judgeBy(candidates, all)).winner;
  const settled = winnerBy(votes);
  const holds = (given: readonly Vote[], left: readonly Pair<T>[]): boolean => {
    const [pair, ...rest] = left;
    if (pair === undefined) return winnerBy(given) === settled;
    return [pair[0].id, pair[1].id, null].every((better) => holds([...supposed(pair, better), ...given], rest));
  };
  return holds(votes, open);
}

/** What a judge would have to say for a pair to go to `better`, in both orders; before a real vote, so that it counts. */
function supposed([a, b]: Pair, better: string | null): readonly Vote[] {
  const one: Vote = { first: a.id, second: b.id, judge: 0, model: "", better, reason: "", missing: null };
  return [one, { ...one, first: b.id, second: a.id }];
}

/** What came of a pair; null where it was never asked about. */
function judgementOf(votes: readonly Vote[], a: string, b: string): Judgement | null {
  const asked = votes.filter(({ first, second }) => (first === a && second === b) || (first === b && second === a));
  const given = asked.filter(({ missing }) => missing === null);
  for (const vote of given) {
    const swapped = given.find(({ judge, first }) => judge === vote.judge && first === vote.second);
    if (swapped !== undefined) return agreed(vote, swapped);
  }
  return asked.length === 0 ? null : { better: null, why: "no judge answered in both orders" };
}

function agreed(one: Vote, two: Vote): Judgement {
  const judge = `member ${one.judge} (${one.model})`;
  if (one.better === null && two.better === null) return { better: null, why: `${judge} saw no difference` };
  if (one.better === two.better && one.better !== null) {
    const reason = [one, two].map((vote) => vote.reason).find((text) => text !== "");
    const other = one.better === one.first ? one.second : one.first;
    const said = `${judge} preferred ${one.better} to ${other} in both orders`;
    return { better: one.better, why: reason === undefined ? said : `${said}: ${reason}` };
  }
  return { better: null, why: `${judge} answered otherwise when the order was swapped, which counts for nobody` };
}
