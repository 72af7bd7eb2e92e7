import { describe, expect, it } from "vitest";
import {
  type CouncilRecord,
  councilStatistics,
  type ProposalRecord,
} from "../../../src/deliberation/domain/council-statistics.ts";

const seats = [
  { model: "big", temperature: 0.2 },
  { model: "small", temperature: 0.8 },
];

function council(id: string, changes: Partial<CouncilRecord> = {}): CouncilRecord {
  const choice = { passAt1: true, oracleAtK: true, chosenPassed: true };
  const used = { tokensIn: 100, tokensOut: 10, ms: 1_000, tokensCached: 50, hostMs: 500 };
  return {
    id,
    repository: 7,
    kind: "implementation",
    task: `task-${id}`,
    round: 1,
    status: "completed",
    choice,
    seats,
    used,
    ...changes,
  };
}

const proposal = (deliberation: string, seat: number, lostAt: string | null): ProposalRecord => ({
  ...(seats[seat] ?? { model: "", temperature: 0 }),
  deliberation,
  lostAt,
});

describe("the statistics of councils", () => {
  it("are of nothing where there was none", () => {
    expect(councilStatistics([], [], new Set())).toEqual({
      ...{ councils: 0, ended: {}, passAt1: null, oracleAtK: null, selectorGap: null },
      ...{ firstTryApproval: null, roundsToApproval: null, tokens: { in: 0, out: 0 }, wallMs: null },
      ...{ prefixCacheHitRate: null, gpuSeconds: null },
      ...{ lostAt: {}, seats: [], advice: [] },
    });
  });

  it("add up what ended how, what passed, what people approved and what it cost", () => {
    const councils = [
      council("a", { used: { tokensIn: 1, tokensOut: 2, ms: 100, tokensCached: null, hostMs: null } }),
      council("b", { task: "t", choice: { passAt1: false, oracleAtK: true, chosenPassed: false } }),
      council("c", { task: "t", round: 2, choice: { passAt1: false, oracleAtK: true, chosenPassed: true } }),
      council("d", { status: "failed", choice: null, used: null }),
    ];
    const proposals = [
      proposal("a", 0, null),
      proposal("a", 1, "smallest-diff"),
      proposal("b", 0, "regressions"),
      proposal("b", 1, "applies"),
      proposal("c", 0, null),
    ];
    expect(councilStatistics(councils, proposals, new Set(["task-a", "t"]))).toEqual({
      councils: 4,
      ended: { completed: 3, failed: 1 },
      passAt1: 1 / 3,
      oracleAtK: 1,
      selectorGap: 1 / 3,
      firstTryApproval: 0.5,
      roundsToApproval: 1.5,
      tokens: { in: 201, out: 22 },
      ...{ prefixCacheHitRate: 0.5, gpuSeconds: 1 },
      wallMs: { p50: 1_000, p95: 1_000, p99: 1_000 },
      lostAt: { "smallest-diff": 1, regressions: 1, applies: 1 },
      seats: [
        { ...seats[0], asked: 4, candidates: 3, applied: 3, passed: 2, won: 2 },
        { ...seats[1], asked: 4, candidates: 2, applied: 1, passed: 1, won: 0 },
      ],
      advice: [],
    });
  });

  const ten = Array.from({ length: 10 }, (_, at) => council(String(at)));
  it.each([
    [(at: number) => (at < 4 ? "smallest-diff" : undefined), /brought a candidate in 4 of 10 councils/],
    [(at: number) => (at < 4 ? "smallest-diff" : "applies"), /4 of 10 candidates apply/],
    [() => "smallest-diff", /never won in 10 councils/],
    [(at: number) => (at === 0 ? null : "smallest-diff"), null],
  ])("advise on a seat by enough councils", (lost, expected) => {
    const proposals = ten.flatMap(({ id }, at) => {
      const lostAt = lost(at);
      return [proposal(id, 0, null), ...(lostAt === undefined ? [] : [proposal(id, 1, lostAt)])];
    });
    const { advice } = councilStatistics(ten, proposals, new Set());
    if (expected === null) expect(advice).toEqual([]);
    else expect(advice).toEqual([expect.stringMatching(expected)]);
    const few = councilStatistics(ten.slice(1), proposals, new Set());
    expect(few.advice).toEqual([]);
  });
});
