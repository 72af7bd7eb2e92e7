import { expect, test } from "vitest";
import { roundTable } from "../../../src/cli/demo/round-table.ts";

const plain = { bold: String, dim: String, green: String, red: String, cyan: String };
const passed = { status: "passed", summary: "" } as const;

test("candidates × checks, and under them why each stands where it stands", () => {
  const text = roundTable(
    {
      task: "7-1-p1-t1",
      round: 1,
      winner: "c2",
      reason: "c2 won.",
      candidates: [
        { id: "c2", model: "m", winner: true, why: "it alone passes", checks: { applies: passed, acceptance: passed } },
        {
          id: "c1",
          model: "m",
          winner: false,
          why: "it breaks a test",
          checks: { applies: passed, regressions: { status: "failed", summary: "1 of 16 breaks" } },
        },
      ],
    },
    plain,
  );
  expect(text).toMatchInlineSnapshot(`
    "t1, round 1: c2 won.
    ┌─────────────┬───────┬─────────┬─────────────┬────────────┐
    │ candidate   │ model │ applies │ regressions │ acceptance │
    ├─────────────┼───────┼─────────┼─────────────┼────────────┤
    │ c2 (winner) │ m     │ pass    │ not run     │ pass       │
    ├─────────────┼───────┼─────────┼─────────────┼────────────┤
    │ c1          │ m     │ pass    │ FAIL        │ not run    │
    └─────────────┴───────┴─────────┴─────────────┴────────────┘
      c2: it alone passes
      c1: it breaks a test (1 of 16 breaks)"
  `);
});

test("a round without candidates is its reason alone", () => {
  const round = { task: "7-1-p1-t1", round: 2, winner: null, reason: "No model answered.", candidates: [] };
  expect(roundTable(round, plain)).toBe("t1, round 2: No model answered.");
});
