import { describe, expect, it } from "vitest";
import { system } from "../../../../src/kernel/principal.ts";
import { type Ceremony, ceremonyMeant, standingOf } from "../../../../src/planning/domain/ceremony/ceremony.ts";
import { mostStories } from "../../../../src/planning/domain/ceremony/ceremony-guards.ts";
import type { CeremonyRequest } from "../../../../src/planning/domain/ceremony/ceremony-request.ts";
import { decideCeremony } from "../../../../src/planning/domain/ceremony/decide-ceremony.ts";
import { explainCeremony } from "../../../../src/planning/domain/ceremony/explain-ceremony.ts";
import { aCeremony, aCeremonyStory, ceremonyRequest, joining, seats } from "../../a-ceremony.ts";
import { alice, holding } from "../../a-story.ts";

function moved(ceremony: Ceremony, request: Parameters<typeof ceremonyRequest>[0]) {
  const decision = decideCeremony(ceremony, ceremonyRequest(request));
  if (decision.kind !== "moved") throw new Error(`it was ${JSON.stringify(decision)}`);
  return decision;
}

const bySystem = { principal: system, roles: holding("system") };
const reviewed = aCeremonyStory(42, { reviews: seats("ready", "ready", "ready") });
const split = aCeremonyStory(43, { reviews: seats("ready", "not-ready", "ready") });
const lacking = aCeremonyStory(44, { reviews: seats("ready", null, "ready") });
const full = Array.from({ length: mostStories }, (_, index) => aCeremonyStory(index + 1));

describe("a ceremony", () => {
  it("takes stories in and lets them go while it is a draft", () => {
    const two = moved(aCeremony(), { action: "add-story", joining: joining(43) });
    expect(two.ceremony.stories.map(({ issueNumber }) => issueNumber)).toEqual([42, 43]);
    const one = moved(two.ceremony, { action: "remove-story", storyId: "100-42" });
    expect(one.ceremony.stories).toEqual([aCeremonyStory(43)]);
    expect(one.events).toMatchObject([
      { type: "planning.ceremony.transitioned", payload: { ceremonyId: "100-42-c1", stories: ["100-43"] } },
    ]);
  });

  it("is presented in the same decision as its last review", () => {
    const begun = moved(aCeremony({ stories: [aCeremonyStory(42), aCeremonyStory(43)] }), { action: "start" });
    expect(begun.ceremony.state).toBe("in-progress");
    const reviews = seats("ready", "needs-changes", null);
    const first = moved(begun.ceremony, { action: "record-review", storyId: "100-42", reviews, ...bySystem });
    expect([first.ceremony.state, first.records.map(({ action }) => action)]).toEqual([
      "in-progress",
      ["record-review"],
    ]);
    const last = moved(first.ceremony, { action: "record-review", storyId: "100-43", reviews, ...bySystem });
    expect([last.ceremony.state, last.records.map(({ action }) => action)]).toEqual([
      "reviewing",
      ["record-review", "present"],
    ]);
    expect(last.ceremony.stories.map((story) => story.reviews)).toEqual([reviews, reviews]);
  });

  it("keeps a person's latest word on a story and is completed", () => {
    const open = aCeremony({ state: "reviewing", stories: [reviewed, split] });
    const rejected = moved(open, { action: "reject", storyId: "100-43", feedback: "The limit is not named." });
    const approved = moved(rejected.ceremony, { action: "approve", storyId: "100-43" });
    expect(approved.ceremony.stories[1]?.word).toMatchObject({ verdict: "approve", by: alice, reason: null });
    expect(moved(approved.ceremony, { action: "complete" }).ceremony.state).toBe("completed");
  });

  it("needs no word on a story on which all agree", () => {
    expect(moved(aCeremony({ state: "reviewing", stories: [reviewed] }), { action: "complete" }).records).toMatchObject(
      [{ from: "reviewing", to: "completed", role: "product-owner" }],
    );
  });

  it.each([
    ["the same delivery", { action: "cancel", deliveryId: "d-1" }, { handled: ["d-1/cancel"] }],
    ["a story that is in already", { action: "add-story", joining: joining(42) }, {}],
  ] as const)("is not changed by %s", (_, request, changes) => {
    expect(decideCeremony(aCeremony(changes), ceremonyRequest(request)).kind).toBe("unchanged");
  });

  it("lets one delivery take in several stories", () => {
    const first = moved(aCeremony({ stories: [] }), { action: "add-story", joining: joining(42), deliveryId: "d" });
    const second = moved(first.ceremony, { action: "add-story", joining: joining(43), deliveryId: "d" });
    expect(second.ceremony.handled).toEqual(["d/add-story/100-42", "d/add-story/100-43"]);
  });

  type Case = readonly [what: string, Partial<Ceremony>, Partial<CeremonyRequest> & Pick<CeremonyRequest, "action">];
  const cases: readonly Case[] = [
    ["a developer who starts it", {}, { action: "start", roles: holding("developer") }],
    [
      "an agent that is an architect",
      { state: "reviewing", stories: [reviewed] },
      { action: "complete", principal: { kind: "agent", role: "architect", number: 1 }, roles: holding("architect") },
    ],
    ["somebody whose roles are unknown", {}, { action: "start", roles: { known: false, why: "GitHub is away" } }],
    ["a person who presents", { state: "in-progress", stories: [reviewed] }, { action: "present" }],
    ["a start twice", { state: "in-progress" }, { action: "start" }],
    ["what is over", { state: "completed" }, { action: "cancel" }],
    ["a start without models", {}, { action: "start", councilAvailable: false }],
    ["a start without stories", { stories: [] }, { action: "start" }],
    ["a story that is not ready", {}, { action: "add-story", joining: joining(43, { state: "draft" }) }],
    ["a story of another repository", {}, { action: "add-story", joining: joining(43, { repository: 7 }) }],
    ["an issue that is no story", {}, { action: "add-story", storyId: "100-9" }],
    ["a story of another ceremony", {}, { action: "add-story", joining: joining(43), elsewhere: 7 }],
    ["a story too many", { stories: full }, { action: "add-story", joining: joining(99) }],
    ["a word on a story that is not in it", { state: "reviewing" }, { action: "approve", storyId: "100-9" }],
    ["a rejection without a reason", { state: "reviewing" }, { action: "reject", storyId: "100-42", feedback: "no" }],
    [
      "a review that has come already",
      { state: "in-progress", stories: [reviewed, aCeremonyStory(43)] },
      { action: "record-review", storyId: "100-42", ...bySystem },
    ],
    ["an early presentation", { state: "in-progress" }, { action: "present", ...bySystem }],
    [
      "a disagreement that nobody settled",
      { state: "reviewing", stories: [reviewed, split, lacking] },
      { action: "complete" },
    ],
  ];
  it.each(cases)("refuses %s", (_, changes, request) => {
    const decision = decideCeremony(aCeremony(changes), ceremonyRequest(request));
    expect(decision.kind === "refused" && decision.refusal).toMatchSnapshot();
  });

  it("says where it stands and what leads on", () => {
    const open = aCeremony({ state: "reviewing", stories: [reviewed, split] });
    expect(explainCeremony(open, {})).toMatchSnapshot();
    expect(explainCeremony(aCeremony({ state: "cancelled" }), {}).steps).toEqual([]);
  });
});

describe("how the roles stand to a story", () => {
  it.each([
    [null, null],
    [["ready", "ready", "ready"], "agreed"],
    [["not-ready", "not-ready", "not-ready"], "agreed"],
    [["ready", "ready", "needs-changes"], "dissent"],
    [["ready", null, "not-ready"], "dissent"],
    [["ready", null, "ready"], "incomplete"],
    [[null, null, null], "incomplete"],
  ] as const)("%j is %s", (verdicts, standing) => {
    expect(standingOf({ reviews: verdicts === null ? null : seats(...verdicts) })).toBe(standing);
  });
});

describe("the ceremony that is meant on an issue", () => {
  const over = aCeremony({ state: "completed", handled: ["d-1/complete"] });
  const holding42 = aCeremony({ id: "100-7-c1", calledOn: "100-7" });
  const called = aCeremony({ id: "100-42-c2", stories: [aCeremonyStory(43)] });
  it.each([
    ["the one that the delivery changed", [holding42, over], "d-1", over],
    ["the open one that holds the story", [called, holding42, over], "d-2", holding42],
    ["the open one that was called there", [called, over], "d-2", called],
    ["none", [over], "d-2", null],
  ] as const)("is %s", (_, all, deliveryId, meant) => {
    expect(ceremonyMeant(all, "100-42", deliveryId)).toBe(meant);
  });
});
