import { describe, expect, it } from "vitest";
import type { Principal } from "../../../src/kernel/principal.ts";
import { system } from "../../../src/kernel/principal.ts";
import { type Role, roles } from "../../../src/kernel/roles.ts";
import { type StoryState, storyStates, type TaskState, taskStates } from "../../../src/kernel/states.ts";
import { decideStory } from "../../../src/planning/domain/decide-story.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import { storyBodyHash } from "../../../src/planning/domain/story-body-hash.ts";
import { type StoryAction, storyActions, storyTransition } from "../../../src/planning/domain/story-machine.ts";
import type { StoryDecision, StoryRequest, TaskStanding } from "../../../src/planning/domain/story-request.ts";
import { alice, aPlan, aRequest, aStory, at, author, holding, planTasks, readyBody } from "../a-story.ts";

function standing(number: number, state: TaskState, merged = false): TaskStanding {
  return { id: `100-42-p1-t${number}`, number, state, merged };
}

/** Facts under which every guard of the action holds. */
function fulfilling(action: StoryAction): { story: Partial<Story>; request: Partial<StoryRequest> } {
  switch (action) {
    case "derive-plan":
      return { story: {}, request: { plan: { tasks: planTasks, source: "typed" } } };
    case "invalidate-scope":
      return { story: { approvedBodyHash: "another" }, request: {} };
    case "rework":
      return { story: {}, request: { tasks: [standing(1, "arch-rejected")] } };
    default:
      return { story: {}, request: { tasks: [standing(1, "done", true)] } };
  }
}

function principalFor(role: Role): Principal {
  return role === "system" ? system : alice;
}

function reasonOf(decision: StoryDecision): string {
  return decision.kind === "refused" ? decision.refusal.reason : decision.kind;
}

const feedback = "Because the total is wrong.";

function expectation(action: StoryAction, state: StoryState, allowedRole: boolean): string {
  const row = storyTransition(action);
  if (state === row.to) {
    return "unchanged";
  }
  if (!row.from.includes(state)) {
    return "not-in-this-state";
  }
  return allowedRole ? "moved" : "role-missing";
}

describe("every action in every state by every role", () => {
  const cases = storyActions.flatMap((action) => roles.map((role) => [action, role] as const));

  it.each(cases)("%s by %s", (action, role) => {
    const row = storyTransition(action);
    const allowedRole = row.by.includes(role);
    for (const state of storyStates) {
      const { story, request } = fulfilling(action);
      const before = aStory({ ...story, state });
      const decision = decideStory(
        before,
        aRequest({ action, principal: principalFor(role), roles: holding(role), feedback, ...request }),
      );
      const expected = expectation(action, state, allowedRole);
      expect(`${state}: ${reasonOf(decision)}`).toBe(`${state}: ${expected}`);
      if (decision.kind === "moved") {
        expect(decision.story.state).toBe(row.to);
        expect(decision.records).toEqual([
          {
            from: state,
            to: row.to,
            action,
            principal: principalFor(role),
            role,
            reason: feedback,
            deliveryId: null,
            at,
          },
        ]);
        expect(decision.events[0]).toMatchObject({
          type: "planning.story.transitioned",
          payload: { from: state, action },
        });
      }
      if (decision.kind === "refused") {
        expect(decision.refusal.rule).toMatch(/\.$/);
        expect(decision.refusal.next).toMatch(/\.$/);
        expect(decision.refusal.who.length).toBeGreaterThan(0);
        expect(row.by).toEqual(expect.arrayContaining([...decision.refusal.who]));
      }
    }
  });
});

describe("who may", () => {
  it("lets the author of the issue submit without a role, even while the look-up fails", () => {
    const story = aStory({ state: "draft" });
    for (const answer of [holding(), { known: false, why: "teams are down" } as const]) {
      const decision = decideStory(story, aRequest({ action: "submit", principal: author, roles: answer }));
      expect(decision).toMatchObject({ kind: "moved", records: [{ role: null }] });
    }
  });

  it("refuses an outsider and names who can", () => {
    const story = aStory({ state: "draft" });
    const decision = decideStory(story, aRequest({ action: "submit", roles: holding() }));
    expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "role-missing" } });
    expect(JSON.stringify(decision)).toContain("the author of the issue (@olga)");
  });

  it("never lets an unknown answer pass, and says which look-up failed", () => {
    const answer = { known: false, why: "the members of @acme/owners could not be read" } as const;
    const decision = decideStory(aStory({ state: "po-review" }), aRequest({ action: "approve-scope", roles: answer }));
    expect(reasonOf(decision)).toBe("roles-unknown");
    expect(JSON.stringify(decision)).toContain(answer.why);
  });

  it("looks at the state first, then at the role, then at the guard", () => {
    const draft = aStory({ state: "draft", body: "" });
    const outsider = { roles: holding() };
    expect(reasonOf(decideStory(draft, aRequest({ action: "approve-scope", ...outsider })))).toBe("not-in-this-state");
    const review = { ...draft, state: "po-review" } as const;
    expect(reasonOf(decideStory(review, aRequest({ action: "approve-scope", ...outsider })))).toBe("role-missing");
    expect(reasonOf(decideStory(review, aRequest({ action: "approve-scope" })))).toBe("not-ready");
  });

  it.each([
    ["a person whom a look-up calls system", alice, holding("system")],
    ["an agent with another role", { kind: "agent", role: "qa", number: 1 } as const, holding("product-owner")],
    [
      "an agent that claims the product owner's role",
      { kind: "agent", role: "product-owner", number: 1 } as const,
      holding("product-owner"),
    ],
  ])("refuses %s", (_name, principal, answer) => {
    const planned = aStory({ state: "planned" });
    expect(reasonOf(decideStory(planned, aRequest({ action: "approve-plan", principal, roles: answer })))).toBe(
      "role-missing",
    );
    const accepted = aStory({ state: "accepted" });
    const finish = aRequest({ action: "finish", principal, roles: answer, tasks: [standing(1, "done", true)] });
    expect(reasonOf(decideStory(accepted, finish))).toBe("role-missing");
  });
});

describe("feedback", () => {
  it.each(["", "   too short   ", " 123456789 "])("refuses %j", (text) => {
    for (const [action, state] of [
      ["reject-scope", "po-review"],
      ["reject-plan", "planned"],
      ["reset", "testing"],
      ["cancel", "draft"],
    ] as const) {
      const decision = decideStory(aStory({ state }), aRequest({ action, feedback: text.slice(0, 10) }));
      expect(reasonOf(decision)).toBe("feedback-missing");
    }
  });

  it("counts characters, not code units", () => {
    const decision = decideStory(
      aStory({ state: "po-review" }),
      aRequest({ action: "reject-scope", feedback: "👩‍🚀".repeat(2) }),
    );
    expect(reasonOf(decision)).toBe("feedback-missing");
    const enough = decideStory(
      aStory({ state: "po-review" }),
      aRequest({ action: "reject-scope", feedback: "日本語で十文字以上です。" }),
    );
    expect(reasonOf(enough)).toBe("moved");
  });
});

describe("the guards", () => {
  it("submits only what parses as a story", () => {
    const decision = decideStory(
      aStory({ state: "draft", body: "Please do the thing." }),
      aRequest({ action: "submit" }),
    );
    expect(reasonOf(decision)).toBe("not-a-story");
  });

  it("approves the scope at the threshold of the repository and names what is missing", () => {
    const story = aStory({
      state: "po-review",
      body: readyBody.replace("src/cart/total.ts", "maybe the cart"),
      openBlockers: 2,
    });
    const refused = decideStory(story, aRequest({ action: "approve-scope", threshold: 90 }));
    expect(refused).toMatchObject({ kind: "refused", refusal: { reason: "not-ready", who: ["product-owner"] } });
    expect(JSON.stringify(refused)).toContain("scores 80 of 100; 90 are needed");
    expect(reasonOf(decideStory(story, aRequest({ action: "approve-scope" })))).toBe("moved");
  });

  it("approves exactly the text that was shown", () => {
    const story = aStory({ state: "po-review", approvedBodyHash: null });
    const other = decideStory(story, aRequest({ action: "approve-scope", expectedBodyHash: storyBodyHash("x", "y") }));
    expect(reasonOf(other)).toBe("body-changed");
    const same = decideStory(story, aRequest({ action: "approve-scope", expectedBodyHash: story.bodyHash }));
    expect(same).toMatchObject({ kind: "moved", story: { approvedBodyHash: story.bodyHash } });
    // Approved already, but another text: not a repetition.
    const late = aRequest({ action: "approve-scope", expectedBodyHash: "other" });
    expect(reasonOf(decideStory(aStory({ state: "ready-for-planning" }), late))).toBe("not-in-this-state");
  });

  it("records a valid plan under the next version and refuses an invalid or missing one", () => {
    const story = aStory({ state: "ready-for-planning", plan: aPlan({ version: 3, status: "rejected" }) });
    const fleet = { principal: system, roles: holding("system") } as const;
    const plan = { tasks: planTasks, source: "council" } as const;
    const moved = decideStory(story, aRequest({ action: "derive-plan", ...fleet, plan }));
    expect(moved).toMatchObject({
      kind: "moved",
      story: { plan: { version: 4, status: "proposed", source: "council" } },
    });
    expect(moved.kind === "moved" && moved.events.map((event) => event.type)).toEqual([
      "planning.story.transitioned",
      "planning.plan.derived",
    ]);
    expect(reasonOf(decideStory(story, aRequest({ action: "derive-plan", ...fleet })))).toBe("plan-missing");
    const gap = { tasks: planTasks.slice(1), source: "typed" } as const;
    const invalid = decideStory(story, aRequest({ action: "derive-plan", ...fleet, plan: gap }));
    expect(invalid).toMatchObject({ kind: "refused", refusal: { reason: "plan-invalid" } });
    expect(JSON.stringify(invalid)).toContain("No task covers criterion 1");
  });

  it("takes the same plan again as a repetition, another one not", () => {
    const planned = aStory({ state: "planned" });
    const fleet = { principal: system, roles: holding("system") } as const;
    const again = aRequest({
      action: "derive-plan",
      ...fleet,
      plan: { tasks: [...planTasks].reverse(), source: "typed" },
    });
    expect(decideStory(planned, again)).toEqual({ kind: "unchanged" });
    const other = aRequest({
      action: "derive-plan",
      ...fleet,
      plan: { tasks: planTasks.slice(0, 1), source: "typed" },
    });
    expect(reasonOf(decideStory(planned, other))).toBe("not-in-this-state");
  });

  it("approves exactly the plan that was shown", () => {
    const story = aStory({ state: "planned" });
    expect(reasonOf(decideStory(story, aRequest({ action: "approve-plan", planShownHash: "old" })))).toBe(
      "plan-changed",
    );
    expect(reasonOf(decideStory({ ...story, plan: null }, aRequest({ action: "approve-plan" })))).toBe("plan-missing");
    const moved = decideStory(story, aRequest({ action: "approve-plan", planShownHash: aPlan().hash }));
    expect(moved).toMatchObject({ kind: "moved", story: { plan: { status: "approved" } } });
    expect(moved.kind === "moved" && moved.events[1]).toMatchObject({
      type: "planning.plan.approved",
      payload: { planVersion: 1, principal: alice },
    });
  });

  it("keeps the reasons of rejected plans for the next derivation", () => {
    const decision = decideStory(
      aStory({ state: "planned", planFeedback: ["First."] }),
      aRequest({ action: "reject-plan", feedback }),
    );
    expect(decision).toMatchObject({
      kind: "moved",
      story: { planFeedback: ["First.", feedback], plan: { status: "rejected" } },
    });
    expect(decision.kind === "moved" && decision.events[1]).toMatchObject({
      type: "planning.plan.rejected",
      payload: { feedback },
    });
  });

  it.each([
    ["request-review", "in-progress", "pending-arch-review"],
    ["begin-testing", "code-review", "pending-qa"],
    ["present", "testing", "pending-po-approval"],
    ["accept", "ready-to-review", "po-approved"],
  ] as const)("%s needs every open task at or past %s", (action, state, gate) => {
    for (const slowest of taskStates) {
      const tasks = [standing(1, "done"), standing(2, slowest), standing(3, "cancelled")];
      const row = storyTransition(action);
      const by = row.by.includes("system") ? ({ principal: system, roles: holding("system") } as const) : {};
      const decision = decideStory(aStory({ state }), aRequest({ action, ...by, tasks }));
      const road: readonly TaskState[] = taskStates.filter((s) => s !== "arch-rejected" && s !== "qa-failed");
      const isPast = slowest === "cancelled" || road.indexOf(slowest) >= road.indexOf(gate);
      expect(`${slowest}: ${reasonOf(decision)}`).toBe(`${slowest}: ${isPast ? "moved" : "tasks-open"}`);
    }
  });

  it("has nothing to show where every task was discarded, or none is known", () => {
    const fleet = { principal: system, roles: holding("system") } as const;
    for (const tasks of [[], [standing(1, "cancelled")]]) {
      const review = decideStory(
        aStory({ state: "in-progress" }),
        aRequest({ action: "request-review", ...fleet, tasks }),
      );
      expect(reasonOf(review)).toBe("tasks-open");
      const finish = decideStory(aStory({ state: "accepted" }), aRequest({ action: "finish", ...fleet, tasks }));
      expect(reasonOf(finish)).toBe("tasks-open");
    }
    expect(
      reasonOf(decideStory(aStory({ state: "in-progress" }), aRequest({ action: "request-review", ...fleet }))),
    ).toBe("tasks-open");
  });

  it("starts with the first task that somebody took, and goes back when one was rejected", () => {
    const fleet = { principal: system, roles: holding("system") } as const;
    const start = (...tasks: TaskStanding[]) =>
      reasonOf(decideStory(aStory({ state: "ready-for-execution" }), aRequest({ action: "start", ...fleet, tasks })));
    expect(start(standing(1, "todo"), standing(2, "cancelled"))).toBe("tasks-open");
    expect(start(standing(1, "todo"), standing(2, "implementing"))).toBe("moved");
    const rework = (...tasks: TaskStanding[]) =>
      reasonOf(decideStory(aStory({ state: "testing" }), aRequest({ action: "rework", ...fleet, tasks })));
    expect(rework(standing(1, "pending-arch-review"))).toBe("tasks-open");
    for (const state of ["arch-rejected", "qa-failed", "implementing", "todo"] as const) {
      expect(rework(standing(1, "done"), standing(2, state))).toBe("moved");
    }
  });

  it("is done when every open task is done and merged", () => {
    const fleet = { principal: system, roles: holding("system") } as const;
    const finish = (...tasks: TaskStanding[]) =>
      decideStory(aStory({ state: "accepted" }), aRequest({ action: "finish", ...fleet, tasks }));
    const open = finish(standing(1, "done", true), standing(2, "done"));
    expect(open).toMatchObject({
      kind: "refused",
      refusal: { reason: "not-merged", rule: "Not merged yet: task 2 (done)." },
    });
    expect(reasonOf(finish(standing(1, "pending-qa", true)))).toBe("not-merged");
    expect(reasonOf(finish(standing(1, "done", true), standing(2, "cancelled")))).toBe("moved");
  });

  it("asks again only for a text that was edited after its approval", () => {
    const fleet = { principal: system, roles: holding("system") } as const;
    const request = aRequest({ action: "invalidate-scope", ...fleet });
    expect(reasonOf(decideStory(aStory({ state: "planned" }), request))).toBe("not-in-this-state");
    expect(reasonOf(decideStory(aStory({ state: "planned", approvedBodyHash: null }), request))).toBe(
      "not-in-this-state",
    );
    const edited = decideStory(aStory({ state: "planned", approvedBodyHash: "0123456789" }), request);
    expect(edited).toMatchObject({
      kind: "moved",
      story: { state: "po-review", approvedBodyHash: null, plan: { status: "rejected" } },
    });
    expect(edited.kind === "moved" && edited.story.note).toContain("edited after its approval (01234567 →");
  });
});

describe("beginning anew", () => {
  it.each(["reset", "re-estimate"] as const)("%s takes the text of now and forgets the plan", (action) => {
    const story = aStory({
      state: "carry-over",
      edited: { title: "Show the sum of the cart", body: "Given a, when b, then c is 1." },
      planFeedback: ["no"],
      note: "edited",
    });
    const decision = decideStory(story, aRequest({ action, feedback }));
    expect(decision).toMatchObject({
      kind: "moved",
      story: {
        title: "Show the sum of the cart",
        bodyHash: storyBodyHash("Show the sum of the cart", "Given a, when b, then c is 1."),
        edited: null,
        approvedBodyHash: null,
        planFeedback: [],
        note: null,
        plan: { version: 1, status: "rejected" },
      },
    });
  });

  it("resets a story without a plan", () => {
    const decision = decideStory(aStory({ state: "po-review", plan: null }), aRequest({ action: "reset", feedback }));
    expect(decision).toMatchObject({ kind: "moved", story: { plan: null, state: "draft" } });
  });
});

describe("a repeated request", () => {
  it("is recognised by its delivery even after the story has come back to the same state", () => {
    const story = aStory({ state: "planned" });
    const reject = aRequest({ action: "reject-plan", feedback, deliveryId: "d-9" });
    const moved = decideStory(story, reject);
    const back = moved.kind === "moved" ? { ...moved.story, state: "planned" as const } : story;
    expect(decideStory(back, reject)).toEqual({ kind: "unchanged" });
    expect(reasonOf(decideStory(back, { ...reject, deliveryId: "d-10" }))).toBe("moved");
  });

  it("remembers a bounded number of deliveries", () => {
    const handled = Array.from({ length: 32 }, (_, index) => `d-${index}/submit`);
    const decision = decideStory(
      aStory({ state: "draft", handled }),
      aRequest({ action: "submit", deliveryId: "new" }),
    );
    expect(decision.kind === "moved" && decision.story.handled).toHaveLength(32);
    expect(decision.kind === "moved" && decision.story.handled.at(-1)).toBe("new/submit");
  });
});
