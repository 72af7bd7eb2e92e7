import { describe, expect, it } from "vitest";
import { checkNames, plainCheck } from "../../../src/deliberation/domain/check-result.ts";
import { type Judged, judgeBy, judgesOf, pairsToJudge, type Vote } from "../../../src/deliberation/domain/judge.ts";
import { select } from "../../../src/deliberation/domain/select.ts";

function judged(id: string, rest: Partial<Judged> = {}): Judged {
  return {
    id,
    member: Number(id[1]),
    treeHash: id,
    behaviour: "x",
    diffLines: 5,
    checks: checkNames.map((name) => plainCheck(name, "passed", name)),
    ...rest,
  };
}

const failing = { checks: checkNames.map((name) => plainCheck(name, name === "builds" ? "failed" : "passed", name)) };
const pairs = (...candidates: readonly Judged[]) => pairsToJudge(candidates).map(([a, b]) => `${a.id} ${b.id}`);

describe("the pairs", () => {
  it.each<[string, readonly Judged[], readonly string[]]>([
    ["are every two that tie", [judged("c1"), judged("c2"), judged("c3")], ["c1 c2", "c1 c3", "c2 c3"]],
    ["are none without a tie", [judged("c1"), judged("c2", failing)], []],
    ["leave out who lost before", [judged("c1"), judged("c2", failing), judged("c1r")], ["c1 c1r"]],
    ["leave out the smaller cluster", [judged("c1"), judged("c2"), judged("c3", { behaviour: "y" })], ["c1 c2"]],
    [
      "hold a change that was brought twice once",
      [judged("c1"), judged("c2", { treeHash: "c1" }), judged("c3")],
      ["c1 c3"],
    ],
    ["are none where all brought the same", [judged("c1"), judged("c2", { treeHash: "c1" })], []],
    [
      "are of the four smallest",
      [1, 2, 3, 4, 5].map((at) => judged(`c${at}`, { diffLines: 9 - at })),
      ["c5 c4", "c5 c3", "c5 c2", "c4 c3", "c4 c2", "c3 c2"],
    ],
  ])("%s", (_, candidates, expected) => {
    expect(pairs(...candidates)).toEqual(expected);
  });
});

describe("the judge", () => {
  const seats = (...models: readonly string[]) => models.map((model, index) => ({ number: index + 1, model }));
  it.each<[string, readonly string[], readonly number[]]>([
    ["is of another model than both authors", ["a", "b", "a", "c"], [4, 3]],
    ["merely wrote neither, where there is no other model", ["a", "b", "a"], [3]],
    ["is nobody where only the authors are there", ["a", "b"], []],
    ["is followed by one other at most", ["a", "b", "c", "c", "c"], [3, 4]],
  ])("%s", (_, models, expected) => {
    const members = seats(...models);
    expect(judgesOf(members, [judged("c1"), judged("c2")]).map(({ number }) => number)).toEqual(expected);
  });

  it("may judge an author's two candidates only where it is not that author", () => {
    expect(judgesOf(seats("a", "a"), [judged("c1"), judged("c1r")]).map(({ number }) => number)).toEqual([2]);
  });
});

const vote = (first: string, second: string, better: string | null, rest: Partial<Vote> = {}): Vote => ({
  first,
  second,
  better,
  judge: 3,
  model: "m",
  reason: "it counts open ones only",
  missing: null,
  ...rest,
});

describe("a verdict", () => {
  const pool = [judged("c1"), judged("c2", { diffLines: 9 })];
  it.each<[string, readonly Vote[], string | null, string]>([
    [
      "counts when both orders agree",
      [vote("c1", "c2", "c2"), vote("c2", "c1", "c2")],
      "c2",
      "member 3 (m) preferred c2 to c1 in both orders: it counts open ones only",
    ],
    [
      "is none when it follows the place",
      [vote("c1", "c2", "c1"), vote("c2", "c1", "c2")],
      null,
      "member 3 (m) answered otherwise when the order was swapped, which counts for nobody",
    ],
    [
      "is none when one order sees no difference",
      [vote("c1", "c2", "c2"), vote("c2", "c1", null)],
      null,
      "member 3 (m) answered otherwise when the order was swapped, which counts for nobody",
    ],
    [
      "is none when both see none",
      [vote("c1", "c2", null), vote("c2", "c1", null)],
      null,
      "member 3 (m) saw no difference",
    ],
    [
      "is none when one order is missing",
      [vote("c1", "c2", "c2"), vote("c2", "c1", null, { missing: "down" })],
      null,
      "no judge answered in both orders",
    ],
    [
      "is none of two judges with one order each",
      [vote("c1", "c2", "c2"), vote("c2", "c1", "c2", { judge: 4 })],
      null,
      "no judge answered in both orders",
    ],
    [
      "is the next judge's where the first did not answer",
      [
        vote("c1", "c2", null, { missing: "down" }),
        vote("c2", "c1", "c1"),
        ...["c2", "c2"].map((better, at) =>
          vote(at === 0 ? "c1" : "c2", at === 0 ? "c2" : "c1", better, { judge: 4, reason: "" }),
        ),
      ],
      "c2",
      "member 4 (m) preferred c2 to c1 in both orders",
    ],
  ])("%s", (_, votes, better, why) => {
    expect(judgeBy(pool, votes)("c1", "c2")).toEqual({ better, why });
    expect(judgeBy(pool, votes)("c2", "c1")).toEqual({ better, why });
    expect(select(pool, judgeBy(pool, votes)).winner).toBe(better ?? "c1");
  });

  it("does not exist for what was not asked", () => {
    expect(judgeBy(pool, [])("c1", "c2")).toBeNull();
  });

  it("stands for every candidate that brought the same change", () => {
    const three = [...pool, judged("c3", { treeHash: "c2", diffLines: 9 })];
    const { ranking, reason } = select(three, judgeBy(three, [vote("c1", "c2", "c2"), vote("c2", "c1", "c2")]));
    expect(ranking.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ["c2", null],
      ["c3", "smallest-diff"],
      ["c1", "judge"],
    ]);
    expect(reason).toContain("preferred c2 to c1 in both orders");
  });
});
