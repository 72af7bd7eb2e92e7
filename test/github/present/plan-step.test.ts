import { describe, expect, it } from "vitest";
import type { CouncilView } from "../../../src/github/present/council-view.ts";
import { planStep } from "../../../src/github/present/plan-step.ts";

const council = (status: CouncilView["status"], outcome: CouncilView["outcome"] = null): CouncilView => ({
  ...{ id: "7-12-plan-r1", round: 1, status, note: null, startSha: null, contextHash: "h", outcome },
});
const plan = (tasks: number | null): CouncilView["outcome"] => ({
  ...{
    kind: "plan",
    rationale: "",
    reason: "",
    member: null,
    model: null,
    attempts: [],
    tokens: { in: 0, out: 0 },
    ms: 0,
  },
  tasks: tasks === null ? null : [],
  statistics: {
    ...{ passAt1: false, oracleAtK: false, chosenPassed: false, members: 3, candidates: 0, calls: 0, msByStep: {} },
  },
});

describe("a story that waits for its plan", () => {
  it.each<[string, boolean, "auto" | "command", CouncilView | null, RegExp]>([
    ["without a model", false, "auto", null, /^No model host is configured, so people write the plan: .*\n```markdown/],
    ["before a council was asked", true, "auto", null, /^A council derives the plan\.$/],
    ["with one at work", true, "command", council("drafting"), /^A council derives the plan\.$/],
    [
      "where councils come when they are called",
      true,
      "command",
      null,
      /^`\/council` asks a council for the plan, or people/,
    ],
    ["whose plan was rejected", true, "auto", council("completed", plan(1)), /^A council derives the plan\.$/],
    ["whose council waits for a budget", true, "auto", council("waiting"), /^$/],
    [
      "whose council failed",
      true,
      "auto",
      council("failed"),
      /^The council brought no plan\. `\/council` asks once more, or people/,
    ],
    ["whose council was stopped", true, "command", council("cancelled"), /^The council brought no plan\./],
    [
      "whose council had no valid plan",
      true,
      "auto",
      council("completed", plan(null)),
      /^The council brought no plan\./,
    ],
  ])("%s is told who makes it", (_, councilAvailable, councilsStart, planning, text) =>
    expect(planStep({ councilAvailable, councilsStart, planning })).toMatch(text),
  );
});
