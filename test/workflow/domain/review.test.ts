import { describe, expect, it } from "vitest";
import { taskStates } from "../../../src/kernel/states.ts";
import { decideInTurn, decideReview, reviewActions } from "../../../src/workflow/domain/review.ts";
import type { TaskDecision } from "../../../src/workflow/domain/task-request.ts";
import { aTask, feedback, holding, now, reviewer } from "../a-task.ts";

const review = {
  principal: reviewer,
  feedback,
  headSha: "sha-1",
  headTree: "tree-1",
  checksGreen: true,
  deliveryId: "d-1",
  now,
};

function actionsOf(decision: TaskDecision): readonly string[] {
  return decision.kind === "moved" ? decision.records.map((record) => record.action) : [decision.kind];
}

describe("a review", () => {
  it.each([
    ["pending-arch-review", "approve", "architect", ["claim-review", "approve-design", "auto-route-to-qa"]],
    ["pending-arch-review", "reject", "architect", ["claim-review", "reject-design"]],
    ["arch-reviewing", "approve", "architect", ["approve-design", "auto-route-to-qa"]],
    ["arch-reviewing", "reject", "architect", ["reject-design"]],
    ["pending-qa", "approve", "qa", ["claim-testing", "approve-tests", "auto-route-to-po"]],
    ["pending-qa", "reject", "qa", ["claim-testing", "reject-tests"]],
    ["qa-testing", "approve", "qa", ["approve-tests", "auto-route-to-po"]],
    ["pending-po-approval", "approve", "product-owner", ["approve-story", "auto-complete"]],
    ["pending-po-approval", "reject", "product-owner", ["reject-story"]],
  ] as const)("in %s to %s claims and decides in one step", (state, verdict, role, actions) => {
    const { decision } = decideReview(aTask({ state }), verdict, { ...review, roles: holding(role) });
    expect(actionsOf(decision)).toEqual(actions);
  });

  it("needs the role of the gate that is open, and leaves no half of it behind", () => {
    const task = aTask({ state: "pending-arch-review" });
    const byQa = decideReview(task, "approve", { ...review, roles: holding("qa") });
    expect(byQa).toMatchObject({
      action: "approve-design",
      decision: { refusal: { reason: "role-missing", who: ["architect"] } },
    });
    const wrongTree = decideReview(task, "approve", { ...review, roles: holding("architect"), headTree: "tree-0" });
    expect(wrongTree.decision).toMatchObject({ kind: "refused", refusal: { reason: "tree-changed" } });
  });

  it("is refused where no gate is open", () => {
    for (const state of taskStates.filter((candidate) => reviewActions(candidate, "approve").length === 0)) {
      for (const verdict of ["approve", "reject"] as const) {
        const { decision } = decideReview(aTask({ state, feedback: [] }), verdict, {
          ...review,
          roles: holding("architect"),
        });
        expect(decision, state).toMatchObject({ kind: "refused", refusal: { reason: "not-in-this-state" } });
      }
    }
  });

  it("has its effect once, even if the reviewer could decide at the next gate, too", () => {
    const roles = holding("architect", "qa", "product-owner");
    const first = decideReview(aTask({ state: "pending-arch-review" }), "approve", { ...review, roles }).decision;
    const after = first.kind === "moved" ? first.task : aTask();
    expect(after.state).toBe("pending-qa");
    expect(decideReview(after, "approve", { ...review, roles }).decision).toEqual({ kind: "unchanged" });
    expect(actionsOf(decideReview(after, "approve", { ...review, roles, deliveryId: "d-2" }).decision)).toContain(
      "approve-tests",
    );
  });

  it("of several actions that all took effect already is unchanged", () => {
    const request = { ...review, roles: holding("architect") };
    expect(decideInTurn(aTask({ state: "arch-reviewing" }), ["claim-review"], request)).toEqual({ kind: "unchanged" });
  });
});
