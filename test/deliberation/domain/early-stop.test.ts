import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CheckName, checkNames, plainCheck } from "../../../src/deliberation/domain/check-result.ts";
import { discussionOf } from "../../../src/deliberation/domain/critique/peers.ts";
import { isSettled, type Judged, judgeBy, pairsToJudge, type Vote } from "../../../src/deliberation/domain/judge.ts";
import { type PairwiseJudge, select } from "../../../src/deliberation/domain/select.ts";

const hard: readonly CheckName[] = ["applies", "builds", "regressions", "acceptance", "policy"];

const drafted = fc.record({
  failed: fc.option(fc.constantFrom(...hard), { nil: null, freq: 3 }),
  behaviour: fc.constantFrom("x", "x", "y"),
  diffLines: fc.integer({ min: 1, max: 4 }),
  treeHash: fc.constantFrom("t1", "t2", "t3", "t4", "t5"),
});

type Drafted = typeof drafted extends fc.Arbitrary<infer T> ? T : never;

/** The same, where everybody passes and behaves the same. */
const passing = drafted.map((draft) => ({ ...draft, failed: null, behaviour: "x" as const }));

/** Members' candidates; the same tree has the same results and the same size. */
const pool = fc.oneof(drafts(drafted), drafts(passing)).map(judgedOf);

/** The same, where all are tied but for what is the same change. */
const tied = drafts(passing).map(judgedOf);

function judgedOf(all: readonly Drafted[]): Judged[] {
  return all.map((draft, at): Judged => {
    const same = all.find(({ treeHash }) => treeHash === draft.treeHash) ?? draft;
    return {
      id: `c${at + 1}`,
      member: at + 1,
      treeHash: same.treeHash,
      behaviour: same.behaviour,
      diffLines: same.diffLines,
      checks: checkNames.map((name) => plainCheck(name, name === same.failed ? "failed" : "passed", name)),
    };
  });
}

function drafts<T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(of, { minLength: 1, maxLength: 6 });
}

/** What each of three judges says of each pair, as numbers: 0 the first of it, 1 the second, 2 neither, 3 no answer. */
const judges = [7, 8, 9];
const verdicts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 18, maxLength: 18 });
const order = fc.array(fc.nat(), { minLength: 18, maxLength: 18 });
const panel = { judges: judges.map((number) => ({ number, model: "m" })), seats: 3 };

function votesFor([a, b]: readonly [Judged, Judged], verdict: number, judge = 7): readonly Vote[] {
  const better = verdict === 0 ? a.id : verdict === 1 ? b.id : null;
  const missing = verdict === 3 ? "down" : null;
  const one: Vote = { first: a.id, second: b.id, judge, model: "m", better, reason: "", missing };
  return [one, { ...one, first: b.id, second: a.id }];
}

describe("open votes", () => {
  it("are broken off only where the whole vote chooses the same", () => {
    let early = 0;
    fc.assert(
      fc.property(tied, verdicts, order, (candidates, said, keys) => {
        const pairs = pairsToJudge(candidates);
        const disputes = pairs.map((pair) => ({ pair, panel }));
        const cast = pairs
          .flatMap((pair) => judges.map((judge) => ({ pair, judge })))
          .map(({ pair, judge }, at) => ({ votes: votesFor(pair, said[at] ?? 3, judge), key: keys[at] ?? 0 }))
          .sort((a, b) => a.key - b.key);
        const first = (count: number) => cast.slice(0, count).flatMap(({ votes }) => votes);
        const whole = select(candidates, judgeBy(candidates, first(cast.length)));
        // As the council does it: who is not heard any more is not asked.
        const at = cast.findIndex((_, done) => isSettled(candidates, first(done), disputes));
        if (at < 0) return;
        early += 1;
        expect(select(candidates, judgeBy(candidates, first(at))).winner).toBe(whole.winner);
      }),
      { numRuns: 20 },
    );
    expect(early).toBeGreaterThan(0);
  });

  it("are waited for where one of them could turn the choice", () => {
    const three = [1, 2, 3].map(
      (member): Judged => ({
        id: `c${member}`,
        member,
        treeHash: `t${member}`,
        behaviour: "x",
        diffLines: 5,
        checks: checkNames.map((name) => plainCheck(name, "passed", name)),
      }),
    );
    const alone = { ...panel, judges: panel.judges.slice(0, 1), seats: 1 };
    const disputes = pairsToJudge(three).map((pair) => ({ pair, panel: alone }));
    const [first, second] = disputes.map(({ pair }) => pair);
    if (first === undefined || second === undefined) throw new Error("no pairs");
    const one = votesFor(first, 0);
    expect(isSettled(three, one, disputes)).toBe(false);
    expect(isSettled(three, [...one, ...votesFor(second, 1)], disputes)).toBe(false);
    expect(isSettled(three, [...one, ...votesFor(second, 0)], disputes)).toBe(true);
  });
});

describe("drafts that are not in yet", () => {
  it("are always waited for: whatever passes, one more may win", () => {
    fc.assert(
      fc.property(pool, (candidates) => {
        const before = select(candidates).winner;
        const best = candidates.find(({ id }) => id === before);
        if (best === undefined) return;
        const late: Judged = { ...best, id: "c9", member: 9, treeHash: "late" };
        const prefersIt: PairwiseJudge = (a, b) => ({
          better: a === late.id || b === late.id ? late.id : null,
          why: "it is better",
        });
        expect(select([...candidates, late], prefersIt).winner).toBe(late.id);
        expect(select([...candidates, { ...late, diffLines: best.diffLines - 1 }]).winner).toBe(late.id);
      }),
    );
  });
});

describe("critique and revision", () => {
  it("are left out only where no revision can pass more than what passes already", () => {
    fc.assert(
      fc.property(pool, pool, (drafts, others) => {
        const discussion = discussionOf(drafts);
        if (discussion.kind !== "none" || !discussion.unbeaten) return;
        const revisions = others.map((each, at): Judged => ({ ...each, id: `c${at + 1}r`, treeHash: `r${at}` }));
        const lostAt = new Map(select([...drafts, ...revisions]).ranking.map((ranked) => [ranked.id, ranked.lostAt]));
        const winner = select(drafts).winner ?? "";
        // Beaten, if at all, by what only tells equals apart.
        expect([null, "behaviour", "judge", "smallest-diff"]).toContain(lostAt.get(winner) ?? null);
      }),
    );
  });
});
