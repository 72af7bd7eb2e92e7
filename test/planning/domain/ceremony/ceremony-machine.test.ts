import { describe, expect, it } from "vitest";
import type { Role } from "../../../../src/kernel/roles.ts";
import { ceremonyStates } from "../../../../src/kernel/states.ts";
import { openCeremonyStates } from "../../../../src/planning/domain/ceremony/ceremony.ts";
import {
  ceremonyRows,
  ceremonyTransition,
  isCeremonyAction,
} from "../../../../src/planning/domain/ceremony/ceremony-machine.ts";

const hosts: readonly Role[] = ["product-owner", "architect"];

describe("the ceremony's table", () => {
  it.each([
    ["add-story", "draft", "draft", hosts, "story-may-join", false],
    ["remove-story", "draft", "draft", hosts, "story-is-in", false],
    ["start", "draft", "in-progress", hosts, "can-start", false],
    ["record-review", "in-progress", "in-progress", ["system"], "review-awaited", false],
    ["present", "in-progress", "reviewing", ["system"], "every-story-reviewed", false],
    ["approve", "reviewing", "reviewing", hosts, "story-is-in", false],
    ["reject", "reviewing", "reviewing", hosts, "story-is-in", true],
    ["complete", "reviewing", "completed", hosts, "dissent-settled", false],
    ["cancel", "draft, in-progress, reviewing", "cancelled", hosts, null, false],
  ] as const)("%s: %s → %s", (action, from, to, by, guard, needsFeedback) => {
    const row = ceremonyTransition(action);
    expect([row.from.join(", "), row.to, row.by, row.guard, row.needsFeedback]).toEqual([
      from,
      to,
      by,
      guard,
      needsFeedback,
    ]);
  });

  it("has no other row, and nothing leads on from an end", () => {
    expect(ceremonyRows).toHaveLength(9);
    const left = new Set(ceremonyRows.flatMap(({ from }) => from));
    expect(ceremonyStates.filter((state) => !left.has(state))).toEqual(["completed", "cancelled"]);
    expect([...openCeremonyStates]).toEqual(ceremonyStates.filter((state) => left.has(state)));
  });

  it("knows its actions from other words", () => {
    expect(["complete", "approve-scope", ""].map(isCeremonyAction)).toEqual([true, false, false]);
  });

  it("says what each action does", () => {
    expect(ceremonyRows.map(({ action, summary }) => `${action}: ${summary}`)).toMatchSnapshot();
  });
});
