import { describe, expect, test } from "vitest";
import { isPlanComment, planComment, planHashIn } from "../../../src/github/present/plan-comment.ts";
import { aPlan, aStory } from "../support/samples.ts";

const hash = "0123456789abcdef".repeat(4);
const proposed = { ...aPlan, hash };

describe("the comment with a story's plan", () => {
  test("to be decided on", () => {
    expect(planComment(aStory({ state: "planned", plan: proposed }), null)).toMatchSnapshot();
  });

  test("approved, and rejected", () => {
    const approved = planComment(aStory({ state: "in-progress", plan: { ...proposed, status: "approved" } }), null);
    const rejected = planComment(
      aStory({ state: "ready-for-planning", plan: { ...proposed, status: "rejected" } }),
      null,
    );
    expect([approved, rejected].map((text) => text?.split("\n").slice(0, 2).join("\n"))).toMatchSnapshot();
  });

  test("is not there without a plan, and known by its hidden lines", () => {
    expect(planComment(aStory({ state: "planned" }), null)).toBeNull();
    const text = planComment(aStory({ state: "planned", plan: proposed }), null) ?? "";
    expect([planHashIn(text), isPlanComment(text), isPlanComment("<!-- fleet:plan -->")]).toEqual([hash, true, true]);
    expect([planHashIn("no plan"), isPlanComment("<!-- fleet:story -->")]).toEqual([undefined, false]);
  });

  test("pings nobody, ends in its own fence and fits GitHub, whatever a model writes into it", () => {
    const [task] = aPlan.tasks;
    if (task === undefined) throw new Error("there is one");
    const nasty = { ...task, title: "@acme/all ``` <!-- x", description: "```\n@acme/all\n".repeat(300) };
    const tasks = Array.from({ length: 8 }, (_, index) => ({ ...nasty, number: index + 1 }));
    const text = planComment(aStory({ state: "planned", plan: { ...proposed, tasks } }), null) ?? "";
    const [, fence = ""] = /^(`{3,})markdown$/m.exec(text) ?? [];
    const [before, inside, after] = text.split(new RegExp(`^${fence}(?:markdown)?$`, "m"));
    expect([before?.includes("@acme"), inside?.includes("@acme"), after?.includes("@acme")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(text.length).toBeLessThan(65_535);
  });
});
