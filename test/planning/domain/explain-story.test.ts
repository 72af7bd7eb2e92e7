import { describe, expect, it } from "vitest";
import { system } from "../../../src/kernel/principal.ts";
import { roles } from "../../../src/kernel/roles.ts";
import { storyStates } from "../../../src/kernel/states.ts";
import { availableStoryActions } from "../../../src/planning/domain/available-story-actions.ts";
import { decideStory } from "../../../src/planning/domain/decide-story.ts";
import { explainStory } from "../../../src/planning/domain/explain-story.ts";
import { alice, aRequest, aStory, author, holding } from "../a-story.ts";

describe("the actions that somebody may take now", () => {
  it("are those of the state, with the refusal of what is not allowed", () => {
    const actions = availableStoryActions(aStory({ state: "po-review" }), alice, holding("architect"), {});
    expect(actions.map(({ action, refusal }) => [action, refusal?.reason ?? null])).toEqual([
      ["approve-scope", "role-missing"],
      ["reject-scope", "role-missing"],
      ["reset", "role-missing"],
      ["cancel", "role-missing"],
    ]);
  });

  it("say what a guard lacks, and do not ask for feedback yet", () => {
    const story = aStory({ state: "po-review", body: "As a shopper I want x so that y" });
    const actions = availableStoryActions(story, alice, holding("product-owner"), { threshold: 90 });
    expect(
      actions.map(({ action, refusal, needsFeedback }) => [action, refusal?.reason ?? null, needsFeedback]),
    ).toEqual([
      ["approve-scope", "not-ready", false],
      ["reject-scope", null, true],
      ["reset", null, true],
      ["cancel", null, true],
    ]);
  });

  it("are none in archived, and submit for the author in draft", () => {
    expect(availableStoryActions(aStory({ state: "archived" }), alice, holding("product-owner"), {})).toEqual([]);
    const draft = availableStoryActions(aStory({ state: "draft" }), author, { known: false, why: "x" }, {});
    expect(draft.map(({ action, refusal }) => [action, refusal?.reason ?? null])).toEqual([
      ["submit", null],
      ["cancel", "roles-unknown"],
    ]);
  });

  it("are exactly those that the decider lets pass", () => {
    for (const state of storyStates) {
      for (const role of roles) {
        const principal = role === "system" ? system : alice;
        const story = aStory({ state });
        for (const { action, refusal } of availableStoryActions(story, principal, holding(role), {})) {
          const request = aRequest({ action, principal, roles: holding(role), feedback: "long enough to be feedback" });
          const decision = decideStory(story, request);
          expect(decision.kind === "refused" ? decision.refusal : null).toEqual(refusal);
        }
      }
    }
  });
});

describe("why a story stands where it is", () => {
  it("is told for every state: what can happen next, by whom, and what it lacks", () => {
    const told = storyStates.map((state) => {
      const { meaning, isTerminal, steps } = explainStory(aStory({ state }), { tasks: [] });
      return {
        state,
        meaning,
        isTerminal,
        steps: steps.map((step) => `${step.action} by ${step.by.join("|")}${step.guard ? `: ${step.guard.rule}` : ""}`),
      };
    });
    expect(told).toMatchSnapshot();
    expect(told.filter((entry) => entry.isTerminal).map((entry) => entry.state)).toEqual(["archived"]);
  });
});
