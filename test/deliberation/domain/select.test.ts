import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CheckName,
  type CheckResult,
  type CheckStatus,
  checkNames,
  checkStatuses,
  plainCheck,
} from "../../../src/deliberation/domain/check-result.ts";
import { type Standing, select, tiedByExecution } from "../../../src/deliberation/domain/select.ts";

function standing(
  id: string,
  changes: Partial<Record<CheckName, CheckStatus | CheckResult>> = {},
  rest: Partial<Standing> = {},
): Standing {
  const checks = checkNames.map((name) => {
    const given = changes[name] ?? "passed";
    return typeof given === "string" ? plainCheck(name, given, `${name} ${given}`) : given;
  });
  return { id, checks, behaviour: null, diffLines: 10, ...rest };
}

const tests = (passed: number, total: number): CheckResult => ({
  ...plainCheck("acceptance", passed === total ? "passed" : "failed", `${passed} of ${total} acceptance tests pass`),
  passed,
  total,
  failing: passed === total ? [] : ["rounds up"],
});

it("claims nothing of a winner on which nothing could be run", () => {
  const nothing = {
    builds: "skipped",
    lint: "skipped",
    "dry-run": "skipped",
    regressions: "skipped",
    acceptance: "skipped",
  } as const;
  const { reason } = select([standing("c1", nothing), standing("c2", nothing, { diffLines: 20 })]);
  expect(reason).toBe(
    "c1 won: it applies, and no build or test is known that could be run on it; of the 2 that pass: tie broken by smallest diff (10 lines).",
  );
});

describe("each step in its order", () => {
  it.each<[Partial<Record<CheckName, CheckStatus>>, string]>([
    [{ applies: "failed", builds: "not-run", regressions: "not-run" }, "applies"],
    [{ builds: "failed", regressions: "failed" }, "builds"],
    [{ builds: "not-run" }, "builds"],
    [{ "dry-run": "failed", regressions: "failed" }, "dry-run"],
    [{ regressions: "failed", acceptance: "failed" }, "regressions"],
    [{ acceptance: "failed", policy: "failed" }, "acceptance"],
    [{ policy: "failed" }, "policy"],
    [{ size: "failed" }, "policy"],
    [{ policy: "skipped" }, "policy"],
  ])("%j loses at %s", (changes, step) => {
    const { ranking, winner } = select([standing("c1", changes), standing("c2")]);
    expect(winner).toBe("c2");
    expect(ranking[1]).toMatchObject({ id: "c1", rank: 2, lostAt: step });
  });

  it("holds a tool for dry runs that is not installed against nobody", () => {
    expect(select([standing("c1", { "dry-run": "not-run" })]).winner).toBe("c1");
  });

  it("prefers who makes tests pass that failed before, however many others behave alike", () => {
    const fixes = (fixed: number) => ({ ...plainCheck("regressions", "passed", "Nothing breaks."), fixed });
    const candidates = [
      standing("c1", {}, { behaviour: "same", diffLines: 1 }),
      standing("c2", {}, { behaviour: "same", diffLines: 2 }),
      standing("c3", { regressions: fixes(1) }, { behaviour: "one", diffLines: 9 }),
      standing("c4", { regressions: fixes(2) }, { behaviour: "two", diffLines: 20 }),
      standing("c5", { regressions: fixes(3), policy: "failed" }),
    ];
    const { ranking, winner, reason } = select(candidates);
    expect(winner).toBe("c4");
    expect(reason).toBe(
      "c4 won: it applies, builds, breaks no existing test; no acceptance test could be kept; of the 4 that pass: it makes 2 pass of the tests that fail without it.",
    );
    expect(ranking.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ["c4", null],
      ["c3", "fixes"],
      ["c1", "fixes"],
      ["c2", "fixes"],
      ["c5", "policy"],
    ]);
    expect(ranking[1]?.why).toBe("of the tests that fail without a change it makes 1 pass, the winner 2");
    expect(tiedByExecution(candidates)).toEqual([]);
  });

  it("takes what was skipped for no obstacle", () => {
    const bare = { builds: "skipped", lint: "skipped", regressions: "skipped", acceptance: "skipped" } as const;
    const { winner, reason } = select([standing("c1", bare)]);
    expect(winner).toBe("c1");
    expect(reason).toContain("no acceptance test could be kept");
  });

  it("prefers who changes no existing test that fails as it was, and takes the change where everybody needs it", () => {
    const changed: CheckResult = { ...plainCheck("regressions", "passed", "It changes tests."), failing: ["rounds"] };
    const both = select([standing("c1", { regressions: changed }, { diffLines: 1 }), standing("c2")]);
    expect(both.winner).toBe("c2");
    expect(both.ranking[1]).toMatchObject({
      id: "c1",
      lostAt: "regressions",
      why: "c2 passes without changing what existing tests ask for (rounds)",
    });
    expect(tiedByExecution([standing("c1", { regressions: changed }), standing("c2")])).toEqual([]);
    expect(select([standing("c1", { regressions: changed }), standing("c2", { policy: "failed" })]).winner).toBe("c1");
  });

  it("does not let a linter decide", () => {
    expect(select([standing("c1", { lint: "failed" })]).winner).toBe("c1");
  });

  it("prefers what most behave like, then the smallest diff", () => {
    const { ranking } = select([
      standing("c1", {}, { behaviour: "x", diffLines: 1 }),
      standing("c2", {}, { behaviour: "y", diffLines: 9 }),
      standing("c3", {}, { behaviour: "y", diffLines: 7 }),
    ]);
    expect(ranking.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ["c3", null],
      ["c2", "smallest-diff"],
      ["c1", "behaviour"],
    ]);
  });

  it("asks the judge only among equals", () => {
    const pool = [standing("c1"), standing("c2", {}, { diffLines: 50 }), standing("c3", { builds: "failed" })];
    const { winner, ranking, reason } = select(pool, (a, b) => {
      const better = [a, b].find((id) => id === "c2");
      return better === undefined ? null : { better, why: "member 3 (m) preferred c2 to c1 in both orders" };
    });
    expect(winner).toBe("c2");
    expect(ranking.map(({ lostAt }) => lostAt)).toEqual([null, "judge", "builds"]);
    expect(ranking[1]?.why).toBe("member 3 (m) preferred c2 to c1 in both orders");
    expect(reason).toMatch(/of the 2 that pass: member 3 \(m\) preferred c2 to c1 in both orders\.$/);
  });

  it("falls to the smallest diff when the judge sees no difference", () => {
    const pool = [standing("c1", {}, { diffLines: 3 }), standing("c2")];
    const { winner, ranking } = select(pool, () => ({ better: null, why: "member 3 (m) saw no difference" }));
    expect(winner).toBe("c1");
    expect(ranking[1]?.why).toBe(
      "tie broken by smallest diff: 10 changed lines against 3 (member 3 (m) saw no difference)",
    );
  });

  it("falls to the smallest diff among those that the judge prefers in a circle", () => {
    const circle = new Map([
      ["c1 c2", "c1"],
      ["c2 c3", "c2"],
      ["c1 c3", "c3"],
    ]);
    const pool = [standing("c1"), standing("c2", {}, { diffLines: 4 }), standing("c3")];
    const { winner } = select(pool, (a, b) => ({ better: circle.get([a, b].sort().join(" ")) ?? null, why: "so" }));
    expect(winner).toBe("c2");
  });

  it("says how a tie was broken without a judge", () => {
    const { ranking, reason } = select([standing("c1"), standing("c2", {}, { diffLines: 12 })]);
    expect(ranking[1]?.why).toBe("tie broken by smallest diff: 12 changed lines against 10");
    expect(reason).toContain("tie broken by smallest diff (10 lines)");
  });
});

describe("when nobody passes", () => {
  it("says so with each one's reason, and ranks the best attempt first", () => {
    const result = select([
      standing("c1", { regressions: "failed", acceptance: tests(3, 3) }),
      standing("c2", { acceptance: tests(1, 3) }),
      standing("c3", { acceptance: tests(2, 3) }),
    ]);
    expect(result).toMatchObject({ winner: null, best: "c3" });
    expect(result.ranking.map(({ id }) => id)).toEqual(["c3", "c2", "c1"]);
    expect(result.reason).toBe(
      "Nobody passed. c3 acceptance: 2 of 3 acceptance tests pass (rounds up); c2 acceptance: 1 of 3 acceptance tests pass (rounds up); c1 regressions: regressions failed.",
    );
  });

  it("has no best attempt where nothing applies, and none without candidates", () => {
    expect(select([standing("c1", { applies: "failed" })])).toMatchObject({ winner: null, best: null });
    expect(select([])).toMatchObject({
      winner: null,
      best: null,
      reason: "Nobody passed: no member brought a candidate.",
    });
  });

  it("counts a missing check as not passed", () => {
    expect(select([{ ...standing("c1"), checks: [] }]).winner).toBeNull();
  });
});

describe("for any candidates", () => {
  const pool = fc
    .array(
      fc.record({
        statuses: fc.array(fc.constantFrom(...checkStatuses), {
          minLength: checkNames.length,
          maxLength: checkNames.length,
        }),
        passed: fc.nat(3),
        behaviour: fc.constantFrom("x", "y", null),
        diffLines: fc.nat(4),
      }),
      { maxLength: 7 },
    )
    .map((rows) =>
      rows.map(({ statuses, passed, behaviour, diffLines }, index): Standing => {
        const checks = checkNames.map((name, column) => plainCheck(name, statuses[column] ?? "passed", name));
        return {
          id: `c${index + 1}`,
          checks: checks.map((each) => (each.name === "acceptance" ? { ...each, passed, total: 3 } : each)),
          behaviour,
          diffLines,
        };
      }),
    );
  const passes = (candidate: Standing) =>
    candidate.checks.every(
      ({ name, status }) =>
        name === "lint" ||
        (name === "dry-run" && status !== "failed") ||
        status === "passed" ||
        (status === "skipped" && name !== "applies" && name !== "policy"),
    );

  it("the order of the input does not matter", () => {
    fc.assert(
      fc.property(
        pool.chain((candidates) =>
          fc.tuple(fc.constant(candidates), fc.shuffledSubarray(candidates, { minLength: candidates.length })),
        ),
        ([candidates, shuffled]) => {
          expect(select(shuffled)).toEqual(select(candidates));
        },
      ),
    );
  });

  it("a failing one never beats a passing one, and the winner passes", () => {
    fc.assert(
      fc.property(pool, (candidates) => {
        const { winner, ranking } = select(candidates);
        const passing = candidates.filter(passes).map(({ id }) => id);
        expect(winner === null).toBe(passing.length === 0);
        expect(
          ranking
            .slice(0, passing.length)
            .map(({ id }) => id)
            .sort(),
        ).toEqual(passing.sort());
        expect(ranking.map(({ rank }) => rank)).toEqual(candidates.map((_, index) => index + 1));
        expect(ranking.filter(({ lostAt }) => lostAt === null).map(({ id }) => id)).toEqual(
          winner === null ? [] : [winner],
        );
      }),
    );
  });
});
