import { describe, expect, test } from "vitest";
import type { AdviceOutcome } from "../../../src/deliberation/domain/outcome.ts";
import { adviceLine, adviceReview } from "../../../src/github/present/advice-review.ts";
import type { CouncilView } from "../../../src/github/present/council-view.ts";
import { aCouncil, aTask } from "../support/samples.ts";

const headSha = "c0ffee00".padEnd(40, "0");
const task = aTask({ state: "pending-arch-review", headSha });

function advice(change: Partial<AdviceOutcome> = {}, view: Partial<CouncilView> = {}): CouncilView {
  const on = (line: number) => ({ kind: "line", path: "src/coupon.ts", line }) as const;
  const outcome: AdviceOutcome = {
    kind: "advice",
    headSha,
    seats: [
      {
        role: "architect",
        model: "m",
        findings: [
          { text: "It asks @acme/all *twice*.", evidence: on(1), replacement: null },
          {
            text: "The limit is off by one.",
            evidence: on(4),
            replacement: { path: "src/coupon.ts", from: 4, to: 5, text: "if (count > 3) {\n  refuse();" },
          },
        ],
        dropped: 1,
        missing: null,
      },
      { role: "qa", model: "m", findings: [], dropped: 0, missing: "It is down." },
    ],
    reason: "",
    tokens: { in: 1, out: 1 },
    ms: 1,
    statistics: { members: 2, calls: 2, msByStep: {} },
    ...change,
  };
  return aCouncil({ id: "7-3-p1-t1-a-1", status: "completed", startSha: headSha, outcome, ...view });
}

const silentSeats =
  advice().outcome?.kind === "advice"
    ? [{ role: "qa" as const, model: "m", findings: [], dropped: 0, missing: null }]
    : [];

describe("advice", () => {
  test("is one review, each finding on its line with its role", () => {
    expect(adviceReview(task, advice())).toMatchSnapshot();
    expect(adviceLine(task, advice())).toBe(
      "**Advice** Agents read `c0ffee0` as architect and found 2 points: see their review.",
    );
  });

  test("that found nothing is a line and no review", () => {
    const nothing = advice({ seats: silentSeats });
    expect(adviceReview(task, nothing)).toBeNull();
    expect(adviceLine(task, nothing)).toBe("**Advice** Agents read `c0ffee0` as qa and found nothing to point out.");
  });

  test.each([
    ["on another head", { ...task, headSha: "d".repeat(40) }],
    ["after the decision", { ...task, state: "arch-rejected" as const }],
    ["at the product owner's gate", { ...task, state: "pending-po-approval" as const }],
  ])("%s is neither", (_, later) => {
    expect([adviceReview(later, advice()), adviceLine(later, advice())]).toEqual([null, ""]);
  });

  test.each([
    ["queued", null, "**Advice** Agents read this change as architect and qa."],
    ["drafting", "m reads.", "**Advice** Agents read this change as architect and qa."],
    ["waiting", "The day's 10 tokens are used up.", "**Advice** waits for a budget. The day's 10 tokens are used up."],
    ["cancelled", "Stopped by @dev.", "**Advice** none: Stopped by `@dev.`"],
    ["failed", "It is down.", "**Advice** none: It is down."],
  ] as const)("that is %s is said in a line", (status, note, line) => {
    const view = advice({}, { status, note, outcome: null });
    expect([adviceReview(task, view), adviceLine(task, view)]).toEqual([null, line]);
  });

  test("that nobody asked for is not mentioned", () => {
    expect(adviceLine(task, null)).toBe("");
  });
});
