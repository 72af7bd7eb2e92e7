import { describe, expect, it } from "vitest";
import { checkNames, plainCheck } from "../../../src/deliberation/domain/check-result.ts";
import {
  type Judged,
  judgeBy,
  outcomesLeft,
  pairsToJudge,
  panelOf,
  type Vote,
} from "../../../src/deliberation/domain/judge.ts";
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

describe("the panel", () => {
  const seats = (...models: readonly string[]) => models.map((model, index) => ({ number: index + 1, model }));
  it.each<[string, readonly string[], readonly number[], number]>([
    ["is of other models than both authors first", ["a", "b", "a", "c"], [4, 3], 1],
    ["is who merely wrote neither, where there is no other model", ["a", "b", "a"], [3], 1],
    ["is everybody where only the authors are there", ["a", "b"], [1, 2], 2],
    ["is every other member of a large council", ["a", "b", "c", "c", "c"], [3, 4, 5], 3],
    ["votes with an odd number, the last for who gives no vote", ["a", "b", "c", "c", "c", "c"], [3, 4, 5, 6], 3],
  ])("%s", (_, models, expected, count) => {
    const panel = panelOf(seats(...models), [judged("c1"), judged("c2")]);
    expect([panel.judges.map(({ number }) => number), panel.seats]).toEqual([expected, count]);
  });

  it("leaves an author out where it wrote both", () => {
    const { judges } = panelOf(seats("a", "a"), [judged("c1"), judged("c1r")]);
    expect(judges.map(({ number }) => number)).toEqual([2]);
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

  const both = (better: string | null, judge: number, reason = ""): readonly Vote[] => [
    vote("c1", "c2", better, { judge, reason }),
    vote("c2", "c1", better, { judge, reason }),
  ];
  const flips = [vote("c1", "c2", "c1", { judge: 5 }), vote("c2", "c1", "c2", { judge: 5 })];

  it.each<[string, readonly Vote[], string | null, string]>([
    [
      "is that of most judges",
      [...both("c1", 5), ...both("c2", 4, "it is short"), ...both("c2", 3)],
      "c2",
      "member 3 (m), member 4 (m) preferred c2 to c1 in both orders, against member 5 (m): it is short",
    ],
    ["leaves out who flips", [...flips, ...both("c2", 3)], "c2", "member 3 (m) preferred c2 to c1 in both orders"],
    ["is none where they are divided", [...both("c1", 3), ...both("c2", 4)], null, "the judges are divided, 1 to 1"],
    [
      "is none where no vote counts, with every reason",
      [...both(null, 3), ...flips],
      null,
      "member 3 (m) saw no difference; member 5 (m) answered otherwise when the order was swapped, which counts for nobody",
    ],
  ])("of several judges %s", (_, votes, better, why) => {
    expect(judgeBy(pool, votes)("c1", "c2")).toEqual({ better, why });
  });

  it("is open only as long as a vote that is out could turn it", () => {
    const [one, two] = pool;
    if (one === undefined || two === undefined) throw new Error("no pair");
    const panel = { judges: [3, 4, 5, 6].map((number) => ({ number, model: "m" })), seats: 3 };
    const left = (votes: readonly Vote[]) => outcomesLeft(votes, { pair: [one, two], panel });
    expect(left([])).toEqual(["c1", "c2", null]);
    expect(left(both("c1", 3))).toEqual(["c1", "c2", null]);
    expect(left([...both("c1", 3), ...flips])).toEqual(["c1", null]);
    expect(left([...both("c1", 3), ...both("c1", 4)])).toEqual(["c1"]);
    const down = [4, 5, 6].map((judge) => vote("c1", "c2", null, { judge, missing: "down" }));
    expect(left([...both("c1", 3), ...down.slice(1)])).toEqual(["c1", null]);
    expect(left([...both("c1", 3), ...down])).toEqual(["c1"]);
    expect(left(down)).toEqual(["c1", "c2", null]);
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
