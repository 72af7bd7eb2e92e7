import { describe, expect, it } from "vitest";
import { toIso } from "../../../src/kernel/clock.ts";
import { system } from "../../../src/kernel/principal.ts";
import { roles } from "../../../src/kernel/roles.ts";
import { taskStates } from "../../../src/kernel/states.ts";
import { availableTaskActions } from "../../../src/workflow/domain/available-task-actions.ts";
import { decideTask } from "../../../src/workflow/domain/decide-task.ts";
import { explainTask } from "../../../src/workflow/domain/explain-task.ts";
import { areDependenciesDone, isComplete, latestPlan } from "../../../src/workflow/domain/plan-progress.ts";
import { aTask, dev, holding, now, reviewer } from "../a-task.ts";

describe("the actions that somebody may take now", () => {
  it("are those of the state, with the refusal of what is not allowed", () => {
    const task = aTask({ state: "pending-arch-review", authors: ["human:4"] });
    const actions = availableTaskActions(task, reviewer, holding("architect"), { now });
    expect(actions.map(({ action, refusal }) => [action, refusal?.reason ?? null])).toEqual([
      ["claim-review", "own-work"],
      ["discard-task", "role-missing"],
      ["retry", "role-missing"],
      ["cancel-with-story", "role-missing"],
    ]);
  });

  it("offer the hand-in to the holder, who has not pushed yet", () => {
    const task = aTask({ state: "implementing", assignee: { kind: "person", principal: dev } });
    const possible = availableTaskActions(task, dev, holding("developer"), { now }).filter(
      (entry) => entry.refusal === null,
    );
    expect(possible.map((entry) => entry.action)).toEqual(["release-task", "commit-code", "retry"]);
  });

  it("are exactly those that the decider lets pass", () => {
    for (const state of taskStates) {
      for (const role of roles) {
        const principal = role === "system" ? system : reviewer;
        const task = aTask({ state });
        const checksSay = { passed: true, standing: "The required checks are green." };
        const facts = { now, openDependencies: [], checksGreen: true, checksSay };
        for (const { action, refusal } of availableTaskActions(task, principal, holding(role), facts)) {
          const decision = decideTask(task, {
            ...facts,
            action,
            principal,
            roles: holding(role),
            feedback: "long enough to be feedback",
            onBranch: true,
          });
          expect(decision.kind === "refused" ? decision.refusal : null).toEqual(refusal);
        }
      }
    }
  });
});

describe("why a task stands where it is", () => {
  it("names the required checks where they decide about the tests, and only there", () => {
    const task = aTask({ state: "pending-qa" });
    const checksSay = { passed: false, standing: "No check has reported yet." };
    const told = explainTask(task, { now, checksSay });
    expect(told.meaning).toBe("It waits for the required checks.");
    expect(told.steps.find(({ action }) => action === "pass-tests")).toMatchObject({
      by: ["system"],
      guard: { reason: "checks-not-green", rule: checksSay.standing },
    });
    expect(explainTask(task, { now }).steps.map(({ action }) => action)).not.toContain("pass-tests");
  });

  it("is told for every state", () => {
    const told = taskStates.map((state) => {
      const task = aTask({
        state,
        dependsOn: [2],
        leaseExpiresAt: state === "implementing" ? toIso(now + 1000) : null,
      });
      const { meaning, holder, isTerminal, steps } = explainTask(task, { now });
      return {
        state,
        meaning,
        holder,
        isTerminal,
        steps: steps.map((step) => `${step.action} by ${step.by.join("|")}${step.guard ? `: ${step.guard.rule}` : ""}`),
      };
    });
    expect(told).toMatchSnapshot();
  });

  it("names the holder", () => {
    expect(explainTask(aTask({ assignee: null }), { now }).holder).toBe("nobody");
    expect(explainTask(aTask({ assignee: { kind: "person", principal: dev } }), { now }).holder).toBe("@dana");
  });
});

describe("how far a plan is", () => {
  const done = aTask({ state: "done", merged: true });

  it("is complete when every open task is done and merged, and something is open", () => {
    expect(isComplete([])).toBe(false);
    expect(isComplete([aTask({ state: "cancelled" })])).toBe(false);
    expect(isComplete([done, aTask({ state: "done" })])).toBe(false);
    expect(isComplete([done, aTask({ state: "pending-qa", merged: true })])).toBe(false);
    expect(isComplete([done, aTask({ state: "cancelled" })])).toBe(true);
  });

  it("knows the tasks of the latest plan", () => {
    expect(latestPlan([])).toEqual([]);
    expect(latestPlan([aTask(), aTask({ planVersion: 3 }), aTask({ planVersion: 2 })])).toHaveLength(1);
  });

  it("lets a task wait for what it depends on in its own plan", () => {
    const task = aTask({ number: 3, dependsOn: [1, 2] });
    const second = aTask({ number: 2, state: "done", merged: true });
    expect(areDependenciesDone(task, [done, second, task])).toBe(true);
    expect(areDependenciesDone(task, [done, { ...second, merged: false }])).toBe(false);
    expect(areDependenciesDone(task, [done, { ...second, state: "cancelled", merged: false }])).toBe(true);
    expect(areDependenciesDone(task, [done, { ...second, planVersion: 2 }])).toBe(false);
    expect(areDependenciesDone(task, [done])).toBe(false);
  });
});
