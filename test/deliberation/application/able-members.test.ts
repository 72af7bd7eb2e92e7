import { describe, expect, it } from "vitest";
import { tooSmallReason } from "../../../src/deliberation/application/able-members.ts";
import { runDeliberation } from "../../../src/deliberation/application/run-deliberation.ts";
import { validatePlan } from "../../../src/planning/domain/plan.ts";
import { collector, jobOf, members, realPrompting } from "../council-of.ts";
import { memoryBench, scriptedModels } from "../memory-bench.ts";

const prompting = await realPrompting();
const [base, head] = ["a".repeat(40), "b".repeat(40)];
const commits = { [base]: { "a.js": "1\n" }, [head]: { "a.js": "2\n" } };

/** A right answer of each kind. */
const answers = {
  plan: JSON.stringify({ rationale: "", tasks: [{ number: 1, title: "Do all of it", covers: [1, 2, 3] }] }),
  review: JSON.stringify({ verdict: "ready", summary: "Fine." }),
  advice: JSON.stringify({ findings: [] }),
} as const;

const kinds = ["plan", "review", "advice"] as const;

async function council(kind: (typeof kinds)[number], models: readonly string[]) {
  const scripted = scriptedModels(
    () => answers[kind],
    () => null,
    (model) => (model === "small" ? 135_000_000 : null),
  );
  const reports = collector();
  const deps = {
    models: scripted.models,
    ...memoryBench(commits, () => []),
    prompting,
    validatePlan,
    clock: Date.now,
  };
  const source = { mirror: "/m.git", baseSha: base, startSha: head };
  await runDeliberation(deps, await jobOf({ kind, source, members: members("h", models) }), {
    signal: new AbortController().signal,
    saved: null,
    save: async () => {},
    report: reports.report,
  });
  return { end: reports.end(), asked: scripted.asked.map(({ model }) => model) };
}

describe.each(kinds)("a %s", (kind) => {
  it("is asked of no model that is known to be too small, and fails at once where all are", async () => {
    const { end, asked } = await council(kind, ["small", "small", "small"]);
    expect(asked).toEqual([]);
    expect(end).toMatchObject({ kind: "failed", reason: expect.stringContaining(tooSmallReason) });
  });

  it("is asked of the others, who take the seats of the small ones", async () => {
    const { end, asked } = await council(kind, ["small", "large", "small"]);
    expect(end).toMatchObject({ kind: "finished" });
    expect(asked).toEqual(Array(kind === "plan" ? 1 : kind === "review" ? 3 : 2).fill("large"));
  });
});
