import { expect, it } from "vitest";
import { statisticsText } from "../../src/cli/councils.ts";

const nothing = {
  ...{ councils: 0, ended: {}, passAt1: null, oracleAtK: null, selectorGap: null, firstTryApproval: null },
  ...{ roundsToApproval: null, tokens: { in: 0, out: 0 }, wallMs: null, lostAt: {}, seats: [], advice: [] },
  ...{ prefixCacheHitRate: null, gpuSeconds: null, hosts: [] },
};

it("says so where no council has worked", () => {
  expect(statisticsText(nothing)).toBe("No council has worked on a task yet.");
});

it("tells how councils did, by model, and what that suggests", () => {
  const text = statisticsText({
    ...{ councils: 12, ended: { failed: 1, completed: 11 }, passAt1: 0.41, oracleAtK: 0.9, selectorGap: 0 },
    ...{ firstTryApproval: 0.5, roundsToApproval: 1.5, tokens: { in: 1_200_000, out: 34_000 } },
    ...{ prefixCacheHitRate: 0.72, gpuSeconds: 5_400.2 },
    hosts: [
      { host: "gpu-1:8000", prefixCacheHitRate: 0.8 },
      { host: "gpu-2:8000", prefixCacheHitRate: null },
    ],
    wallMs: { p50: 61_000, p95: 120_000, p99: 121_500 },
    lostAt: { regressions: 4, acceptance: 9 },
    seats: [{ model: "m", temperature: 0.2, asked: 12, candidates: 12, applied: 4, passed: 2, won: 1 }],
    advice: ["Of m at temperature 0.2, 4 of 12 candidates apply: a larger model may write edits better."],
  });
  expect(text).toMatchInlineSnapshot(`
    "12 councils on tasks: 11 completed, 1 failed.
    The first candidate passes in 41 %, some candidate in 90 %; another one was chosen in 0 %.
    People approved 50 % of the approved tasks after the first round, on average after 1.5 rounds.
    1,200,000 tokens in, 34,000 out; a council takes 61.0 s (p95 120.0 s, p99 121.5 s).
    5,400 s of requests at model hosts; their prefix caches held 72 % of the tokens in.
    The prefix cache of gpu-1:8000 held 80 % of what everybody asked it since it started.
    Candidates lost at: 9 acceptance, 4 regressions.
    ┌───────┬─────────────┬───────┬────────────┬───────┬──────┬─────┐
    │ model │ temperature │ asked │ candidates │ apply │ pass │ won │
    ├───────┼─────────────┼───────┼────────────┼───────┼──────┼─────┤
    │ m     │ 0.2         │ 12    │ 12         │ 4     │ 2    │ 1   │
    └───────┴─────────────┴───────┴────────────┴───────┴──────┴─────┘
    Of m at temperature 0.2, 4 of 12 candidates apply: a larger model may write edits better."
  `);
});
