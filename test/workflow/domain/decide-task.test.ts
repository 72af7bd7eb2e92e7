import { describe, expect, it } from "vitest";
import { toIso } from "../../../src/kernel/clock.ts";
import { type Principal, system } from "../../../src/kernel/principal.ts";
import { type Role, roles } from "../../../src/kernel/roles.ts";
import { taskStates } from "../../../src/kernel/states.ts";
import { decideTask } from "../../../src/workflow/domain/decide-task.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { authorKeyOf } from "../../../src/workflow/domain/task-authors.ts";
import { type RequestedTaskAction, taskActions, taskTransition } from "../../../src/workflow/domain/task-machine.ts";
import type { TaskDecision, TaskRequest } from "../../../src/workflow/domain/task-request.ts";
import { agent, aRequest, aTask, dev, feedback, holding, now, reviewer } from "../a-task.ts";

const fleet = { principal: system, roles: holding("system") } as const;
const hour = 60 * 60 * 1000;

function reasonOf(decision: TaskDecision): string {
  return decision.kind === "refused" ? decision.refusal.reason : decision.kind;
}

function moved(decision: TaskDecision) {
  if (decision.kind !== "moved") {
    throw new Error(`Not moved: ${JSON.stringify(decision)}`);
  }
  return decision;
}

/** Facts under which every guard of the action holds. */
const fulfilled: Partial<TaskRequest> = {
  feedback,
  openDependencies: [],
  checksGreen: true,
  checksSay: { passed: true, standing: "The required checks are green." },
  onBranch: true,
  headSha: "sha-1",
  headTree: "tree-1",
};

function fulfilling(action: RequestedTaskAction): { task: Partial<Task>; request: Partial<TaskRequest> } {
  switch (action) {
    case "release-task":
      return { task: { leaseExpiresAt: toIso(now - 1) }, request: fulfilled };
    case "invalidate":
      return { task: {}, request: { ...fulfilled, headTree: "tree-2", headSha: "sha-2" } };
    case "claim-task":
      return { task: { assignee: null }, request: fulfilled };
    default:
      return { task: {}, request: fulfilled };
  }
}

describe("every action in every state by every role", () => {
  const cases = taskActions.flatMap((action) => roles.map((role) => [action, role] as const));

  it.each(cases)("%s by %s", (action, role) => {
    const row = taskTransition(action);
    const principal: Principal = role === "system" ? system : reviewer;
    for (const state of taskStates) {
      const { task, request } = fulfilling(action);
      const before = aTask({ ...task, state });
      const decision = decideTask(before, aRequest({ action, principal, roles: holding(role), ...request }));
      const inRow = row.from.includes(state) && state !== row.to;
      if (inRow && row.by.includes(role)) {
        const { task: after, records, events } = moved(decision);
        expect(after.state).toBe(row.to);
        expect(records.map((record) => [record.from, record.to, record.action])).toEqual(
          row.via === null
            ? [[state, row.to, action]]
            : [
                [state, row.via.state, action],
                [row.via.state, row.to, row.via.action],
              ],
        );
        expect(records[0]).toMatchObject({ principal, role, at: toIso(now), headTree: after.headTree });
        expect(events.filter((event) => event.type === "workflow.task.transitioned")).toHaveLength(records.length);
        expect(after.leaseExpiresAt === null).toBe(row.to !== "implementing");
        expect(after.stateSince).toBe(toIso(now));
      } else if (inRow) {
        const expected = row.by.includes("holder") ? "not-holder" : "role-missing";
        expect(`${state}: ${reasonOf(decision)}`).toBe(`${state}: ${expected}`);
      } else {
        expect(decision.kind, state).not.toBe("moved");
        if (decision.kind === "refused") {
          expect(["not-in-this-state", "lease-taken"]).toContain(decision.refusal.reason);
          expect(decision.refusal.next).toMatch(/\.$/);
        }
      }
    }
  });
});

describe("who may", () => {
  it("looks at the state, then the role, then the separation of duties, then feedback and guard", () => {
    const own = aTask({ state: "todo", authors: ["human:4"] });
    const reject = aRequest({ action: "reject-design", feedback: "no" });
    expect(reasonOf(decideTask(own, { ...reject, roles: holding() }))).toBe("not-in-this-state");
    const reviewing = { ...own, state: "arch-reviewing" } as const;
    expect(reasonOf(decideTask(reviewing, { ...reject, roles: holding() }))).toBe("role-missing");
    expect(reasonOf(decideTask(reviewing, reject))).toBe("own-work");
    expect(reasonOf(decideTask({ ...reviewing, authors: [] }, reject))).toBe("feedback-missing");
  });

  it("never lets an unknown answer pass, and says which look-up failed", () => {
    const roles = { known: false, why: "the team @acme/architects could not be read" } as const;
    const decision = decideTask(aTask({ state: "pending-arch-review" }), aRequest({ action: "claim-review", roles }));
    expect(reasonOf(decision)).toBe("roles-unknown");
    expect(JSON.stringify(decision)).toContain(roles.why);
  });

  const judging = taskActions.filter((action) => taskTransition(action).judges);
  it.each(judging)("never lets an author %s, whatever the roles", (action) => {
    const state = taskTransition(action).from[0] ?? "todo";
    const all = holding(...roles);
    const human = decideTask(aTask({ state, authors: ["human:4"] }), aRequest({ action, roles: all, ...fulfilled }));
    expect(reasonOf(human)).toBe("own-work");
    const member = {
      kind: "agent",
      role: taskTransition(action).by.includes("qa") ? "qa" : "architect",
      number: 2,
    } as const;
    const byAgent = aRequest({ action, principal: member, roles: all, ...fulfilled });
    const expected = taskTransition(action).by.includes("product-owner") ? "role-missing" : "own-work";
    expect(reasonOf(decideTask(aTask({ state, authors: [`agent:${member.role}:2`] }), byAgent))).toBe(expected);
  });

  it.each(judging)("lets nobody %s while not all authors are known", (action) => {
    const state = taskTransition(action).from[0] ?? "todo";
    const request = aRequest({ action, roles: holding(...roles), ...fulfilled });
    expect(reasonOf(decideTask(aTask({ state, authorsKnown: false }), request))).toBe("authors-unknown");
    expect(reasonOf(decideTask(aTask({ state, authors: ["human:4"], authorsKnown: false }), request))).toBe("own-work");
  });

  it("knows an author by the login, where a commit tells nothing else", () => {
    const request = aRequest({ action: "claim-review", roles: holding("architect") });
    const login = request.principal.kind === "human" ? request.principal.login : "";
    const task = aTask({ state: "pending-arch-review", authors: [authorKeyOf(login.toUpperCase())] });
    expect(reasonOf(decideTask(task, request))).toBe("own-work");
  });

  it("lets an agent decide at a gate that it was given, but never the product owner's", () => {
    const qa = { kind: "agent", role: "qa", number: 1 } as const;
    const tests = aRequest({ action: "approve-tests", principal: qa, roles: holding("qa"), ...fulfilled });
    expect(decideTask(aTask({ state: "qa-testing" }), tests).kind).toBe("moved");
    expect(reasonOf(decideTask(aTask({ state: "qa-testing" }), { ...tests, roles: holding() }))).toBe("role-missing");
    const owner = { kind: "agent", role: "product-owner", number: 1 } as const;
    const accept = aRequest({ action: "approve-story", principal: owner, roles: holding("product-owner") });
    expect(reasonOf(decideTask(aTask({ state: "pending-po-approval" }), accept))).toBe("role-missing");
  });
});

describe("holding a task", () => {
  it("begins with a claim, for the time of the lease", () => {
    const claim = aRequest({ action: "claim-task", principal: dev, roles: holding("developer") });
    const { task, events } = moved(decideTask(aTask({ assignee: null }), claim));
    expect(task).toMatchObject({
      assignee: { kind: "person", principal: dev },
      leaseExpiresAt: toIso(now + 2 * hour),
      round: 2,
    });
    expect(events.map((event) => event.type)).toEqual(["workflow.task.transitioned", "workflow.task.assigned"]);
    const lease = { leaseMs: 1000, quiet: null };
    expect(moved(decideTask(aTask(), { ...claim, lease })).task.leaseExpiresAt).toBe(toIso(now + 1000));
    expect(decideTask(task, claim)).toEqual({ kind: "unchanged" });
    const other = decideTask(task, { ...claim, principal: reviewer });
    expect(other).toMatchObject({ kind: "refused", refusal: { reason: "lease-taken" } });
    expect(JSON.stringify(other)).toContain("@dana holds the task until");
  });

  it("waits for the dependencies, which are named", () => {
    const task = aTask({ dependsOn: [2, 3] });
    const claim = aRequest({ action: "claim-task", principal: dev, roles: holding("developer") });
    expect(decideTask(task, claim)).toMatchObject({
      kind: "refused",
      refusal: {
        reason: "dependencies-open",
        rule: "It depends on task 2, task 3, which must be done and merged first.",
      },
    });
    expect(reasonOf(decideTask(task, { ...claim, openDependencies: [{ number: 3, until: "merged" }] }))).toBe(
      "dependencies-open",
    );
    expect(reasonOf(decideTask(task, aRequest({ action: "assign", ...fleet })))).toBe("dependencies-open");
    const open = [
      { number: 2, until: "handed-in" },
      { number: 3, until: "merged" },
    ] as const;
    const [tests, code] = open;
    for (const [openDependencies, rule] of [
      [[tests], "It depends on task 2, whose tests must be handed in first."],
      [[code], "It depends on task 3, which must be done and merged first."],
      [
        open,
        "It depends on task 3, which must be done and merged first; on task 2, whose tests must be handed in first.",
      ],
    ] as const)
      expect(decideTask(task, { ...claim, openDependencies })).toMatchObject({ refusal: { rule } });
    expect(reasonOf(decideTask(task, { ...claim, openDependencies: [] }))).toBe("moved");
  });

  it("goes to whom the fleet assigns it, to a council if nobody is named", () => {
    const person = { kind: "person", principal: dev } as const;
    const assign = aRequest({ action: "assign", ...fleet, assignee: person });
    const given = moved(decideTask(aTask({ councilGaveUp: "no candidate" }), assign)).task;
    expect(given).toMatchObject({ assignee: person, councilGaveUp: null });
    expect(decideTask(given, assign)).toEqual({ kind: "unchanged" });
    expect(reasonOf(decideTask(given, aRequest({ action: "assign", ...fleet })))).toBe("lease-taken");
    const council = moved(decideTask(aTask({ assignee: null }), aRequest({ action: "assign", ...fleet })));
    expect(council.task.assignee).toEqual({ kind: "council" });
    expect(council.events[1]).toMatchObject({ payload: { assignee: { kind: "council" }, round: 2 } });
    expect(decideTask(council.task, aRequest({ action: "assign", ...fleet }))).toEqual({ kind: "unchanged" });
  });

  it("ends when the holder gives it back, when the lease is over, or when the council gives up", () => {
    const held = aTask({
      state: "implementing",
      assignee: { kind: "person", principal: dev },
      leaseExpiresAt: toIso(now + 1),
    });
    const release = aRequest({ action: "release-task", principal: dev, roles: holding() });
    expect(moved(decideTask(held, release)).task).toMatchObject({ state: "todo", assignee: null, councilGaveUp: null });
    expect(reasonOf(decideTask(held, { ...release, principal: reviewer }))).toBe("not-holder");
    expect(reasonOf(decideTask(held, { ...release, ...fleet }))).toBe("lease-taken");
    expect(reasonOf(decideTask(held, { ...release, ...fleet, councilGaveUp: "nobody passed" }))).toBe("lease-taken");
    expect(reasonOf(decideTask(held, { ...release, ...fleet, now: now + 1 }))).toBe("moved");
    const council = aTask({ state: "implementing", leaseExpiresAt: null });
    expect(reasonOf(decideTask(council, { ...release, ...fleet }))).toBe("lease-taken");
    const gaveUp = moved(decideTask(council, { ...release, ...fleet, councilGaveUp: "nobody passed" }));
    expect(gaveUp.task.councilGaveUp).toBe("nobody passed");
    expect(gaveUp.records[0]?.reason).toBe("nobody passed");
    expect(reasonOf(decideTask(aTask({ state: "implementing", assignee: null }), release))).toBe("not-holder");
  });

  it("lets any member of the council hand in for it", () => {
    const task = aTask({ state: "implementing" });
    const commit = aRequest({
      action: "commit-code",
      principal: agent,
      roles: holding(),
      onBranch: true,
      headSha: "s",
      headTree: "t",
    });
    expect(decideTask(task, commit).kind).toBe("moved");
    expect(reasonOf(decideTask(task, { ...commit, principal: dev }))).toBe("not-holder");
    expect(reasonOf(decideTask(task, { ...commit, onBranch: false }))).toBe("wrong-branch");
    const { onBranch: _unknown, ...unsaid } = commit;
    expect(reasonOf(decideTask(task, unsaid))).toBe("wrong-branch");
  });
});

describe("handing in", () => {
  it("binds the head, adds the authors, drops approvals of other trees and asks the architect", () => {
    const task = aTask({ state: "implementing", authors: ["human:3"] });
    const commit = aRequest({
      action: "commit-code",
      principal: agent,
      onBranch: true,
      headSha: "sha-2",
      headTree: "tree-2",
      authors: ["agent:developer:1", "human:3"],
    });
    const decision = moved(decideTask(task, commit));
    expect(decision.task).toMatchObject({
      headSha: "sha-2",
      headTree: "tree-2",
      authors: ["human:3", "agent:developer:1"],
      approvals: [],
    });
    expect(decision.records.map((record) => record.headTree)).toEqual(["tree-2", "tree-2"]);
    expect(decision.records[1]).toMatchObject({ principal: system, role: "system" });
    expect(decision.events.at(-1)).toMatchObject({
      type: "workflow.validation.required",
      payload: { role: "architect", headSha: "sha-2" },
    });
    expect(decideTask(decision.task, commit)).toEqual({ kind: "unchanged" });
    expect(reasonOf(decideTask(decision.task, { ...commit, headSha: "sha-3" }))).toBe("not-in-this-state");
  });
});

describe("the gates", () => {
  it.each([
    ["approve-design", "arch-reviewing", "architect", "architect", "qa"],
    ["approve-tests", "qa-testing", "qa", "qa", "product-owner"],
    ["approve-story", "pending-po-approval", "product-owner", "product-owner", null],
  ] as const)("%s is bound to the reviewed tree", (action, state, role, gate, next) => {
    const request = aRequest({ action, roles: holding(role), ...fulfilled });
    const decision = moved(decideTask(aTask({ state }), request));
    const approvals = decision.task.approvals.filter((approval) => approval.role === gate);
    expect(approvals).toEqual([{ role: gate, principal: reviewer, tree: "tree-1", at: toIso(now) }]);
    const asked = decision.events.filter((event) => event.type === "workflow.validation.required");
    expect(asked.map((event) => event.payload.role)).toEqual(next === null ? [] : [next]);
    const other = decideTask(aTask({ state }), { ...request, headTree: "tree-9" });
    expect(other).toMatchObject({ kind: "refused", refusal: { reason: "tree-changed" } });
    const { headTree: _tree, ...byCommit } = request;
    expect(reasonOf(decideTask(aTask({ state }), { ...byCommit, headSha: "sha-9" }))).toBe("tree-changed");
    expect(reasonOf(decideTask(aTask({ state, headTree: null }), request))).toBe("tree-changed");
    const { headSha: _sha, ...current } = byCommit;
    expect(reasonOf(decideTask(aTask({ state }), current))).toBe("moved");
  });

  it("needs green checks for the tests", () => {
    const request = aRequest({ action: "approve-tests", roles: holding("qa"), ...fulfilled });
    expect(reasonOf(decideTask(aTask({ state: "qa-testing" }), { ...request, checksGreen: false }))).toBe(
      "checks-not-green",
    );
    const { checksGreen: _unknown, ...unsaid } = request;
    expect(reasonOf(decideTask(aTask({ state: "qa-testing" }), unsaid))).toBe("checks-not-green");
    expect(
      decideTask(aTask({ state: "qa-testing" }), { ...request, checksGreen: false, awaits: [2, 3] }),
    ).toMatchObject({
      refusal: {
        reason: "checks-not-green",
        rule: "Its tests are written first and fail until their code, of task 2, task 3, is merged. The required checks are not green on sha-1.",
        next: expect.stringContaining("Merge task 2, task 3 first: the fleet then brings this branch up to date"),
      },
    });
    expect(reasonOf(decideTask(aTask({ state: "qa-testing" }), { ...request, awaits: [2] }))).toBe("moved");
  });

  it("leave the tests to the required checks only where fleet.yml does, on the commit that they ran on", () => {
    const standing = "The required checks are green.";
    const request = aRequest({
      action: "pass-tests",
      ...fleet,
      headSha: "sha-1",
      checksSay: { passed: true, standing },
    });
    const waiting = aTask({ state: "pending-qa", approvals: aTask().approvals.slice(0, 1) });
    const { task, records, events } = moved(decideTask(waiting, request));
    expect(records.map(({ action, to, principal, reason }) => [action, to, principal.kind, reason])).toEqual([
      ["pass-tests", "qa-passed", "system", standing],
      ["auto-route-to-po", "pending-po-approval", "system", null],
    ]);
    expect(task.approvals.at(-1)).toEqual({ role: "qa", principal: system, tree: "tree-1", at: toIso(now) });
    expect(events.at(-1)).toMatchObject({ type: "workflow.validation.required", payload: { role: "product-owner" } });
    const red = { passed: false, standing: "The checks have failed." };
    expect(decideTask(waiting, { ...request, checksSay: red })).toMatchObject({
      refusal: { reason: "checks-not-green", rule: red.standing },
    });
    const { checksSay: _, ...unsaid } = request;
    expect(reasonOf(decideTask(waiting, unsaid))).toBe("not-by-hand");
    expect(reasonOf(decideTask(waiting, { ...request, headSha: "sha-9" }))).toBe("tree-changed");
    expect(reasonOf(decideTask(aTask({ state: "qa-testing" }), request)), "somebody took the tests").toBe(
      "not-in-this-state",
    );
    expect(reasonOf(decideTask(waiting, { ...request, principal: reviewer, roles: holding("qa") }))).toBe(
      "role-missing",
    );
  });

  it("needs the approvals of both gates for the head tree", () => {
    const request = aRequest({ action: "approve-story", roles: holding("product-owner") });
    const [architect] = aTask().approvals;
    const onlyOne = aTask({ state: "pending-po-approval", approvals: architect === undefined ? [] : [architect] });
    expect(decideTask(onlyOne, request)).toMatchObject({
      refusal: { reason: "tree-changed", rule: expect.stringContaining("No approval by qa") },
    });
    const old = aTask({ state: "pending-po-approval", headTree: "tree-2" });
    expect(decideTask(old, request)).toMatchObject({ refusal: { rule: expect.stringContaining("architect and qa") } });
  });

  it.each([
    ["reject-design", "arch-reviewing", "architect"],
    ["reject-tests", "qa-testing", "qa"],
    ["reject-story", "pending-po-approval", "product-owner"],
  ] as const)("%s keeps the feedback for the next round", (action, state, role) => {
    const request = aRequest({ action, roles: holding(role), feedback: `  ${feedback} ` });
    const { task } = moved(decideTask(aTask({ state }), request));
    expect(task.feedback).toEqual([{ round: 1, role, by: "@rita", text: feedback, at: toIso(now) }]);
    expect(decideTask(task, request)).toEqual({ kind: "unchanged" });
    expect(decideTask(task, { ...request, feedback: "Something else entirely." }).kind).toBe("refused");
    expect(reasonOf(decideTask(aTask({ state }), { ...request, feedback: "too short" }))).toBe("feedback-missing");
  });
});

describe("going on after a rejection", () => {
  it("revises with the feedback of all rounds, in a new round of the same holder", () => {
    const said = [{ round: 1, role: "architect", by: "@rita", text: feedback, at: toIso(now) }] as const;
    const task = aTask({ state: "arch-rejected", feedback: said });
    const revise = aRequest({
      action: "revise-code",
      principal: dev,
      roles: holding("developer"),
      feedback: "Use a sum type.",
    });
    const decision = moved(decideTask(task, revise));
    expect(decision.task).toMatchObject({ state: "implementing", round: 2, assignee: { kind: "council" } });
    expect(decision.events.at(-1)).toEqual({
      type: "workflow.task.assigned",
      payload: { assignee: { kind: "council" }, round: 2, feedback: [feedback, "Use a sum type."] },
    });
    expect(decideTask(decision.task, revise)).toEqual({ kind: "unchanged" });
    expect(reasonOf(decideTask(decision.task, { ...revise, feedback: "And another thing." }))).toBe(
      "not-in-this-state",
    );
    const { feedback: _none, ...silent } = revise;
    expect(decideTask(decision.task, silent)).toEqual({ kind: "unchanged" });
    expect(reasonOf(decideTask(aTask({ state: "implementing", round: 1 }), silent))).toBe("not-in-this-state");
  });

  it("gives the revision to who asks where nobody holds it, and to whom is named", () => {
    const task = aTask({ state: "qa-failed", assignee: null });
    const revise = aRequest({ action: "revise-code", principal: dev, roles: holding("developer") });
    expect(moved(decideTask(task, revise)).task.assignee).toEqual({ kind: "person", principal: dev });
    expect(moved(decideTask(task, { ...revise, principal: agent })).task.assignee).toEqual({ kind: "council" });
    const named = moved(
      decideTask(aTask({ state: "qa-failed" }), { ...revise, assignee: { kind: "person", principal: dev } }),
    );
    expect(named.task.assignee).toEqual({ kind: "person", principal: dev });
  });

  it("tells a person at once after the product owner's rejection, and leaves a council to the policy", () => {
    const reject = aRequest({ action: "reject-story", roles: holding("product-owner"), feedback });
    const council = moved(decideTask(aTask({ state: "pending-po-approval" }), reject));
    expect(council.task).toMatchObject({ round: 2, leaseExpiresAt: toIso(now + 2 * hour) });
    expect(council.events.map((event) => event.type)).toEqual(["workflow.task.transitioned"]);
    const person = { kind: "person", principal: dev } as const;
    const told = moved(decideTask(aTask({ state: "pending-po-approval", assignee: person }), reject));
    expect(told.events.at(-1)).toMatchObject({
      type: "workflow.task.assigned",
      payload: { assignee: person, round: 2 },
    });
    const nobody = moved(decideTask(aTask({ state: "pending-po-approval", assignee: null }), reject));
    expect(nobody.task.assignee).toEqual({ kind: "council" });
  });
});

describe("retry, invalidate, cancel", () => {
  it("counts retries and keeps the history", () => {
    const task = aTask({ state: "qa-failed", retries: 1, councilGaveUp: "x" });
    const retry = aRequest({ action: "retry", principal: dev, roles: holding("developer") });
    const after = moved(decideTask(task, retry)).task;
    expect(after).toMatchObject({ state: "todo", retries: 2, assignee: null, approvals: [], councilGaveUp: null });
    expect(after.authors).toEqual(task.authors);
    expect(decideTask(after, retry)).toEqual({ kind: "unchanged" });
  });

  it("voids every approval when the tree changed, also of a done task that is not merged", () => {
    const request = aRequest({
      action: "invalidate",
      ...fleet,
      headSha: "sha-2",
      headTree: "tree-2",
      authors: ["human:3"],
    });
    const done = moved(decideTask(aTask({ state: "done" }), request));
    expect(done.task).toMatchObject({
      state: "pending-arch-review",
      headTree: "tree-2",
      approvals: [],
      authors: ["agent:developer:1", "human:3"],
    });
    expect(done.events.at(-1)).toMatchObject({ type: "workflow.validation.required", payload: { role: "architect" } });
    expect(decideTask(done.task, request)).toEqual({ kind: "unchanged" });
    expect(decideTask(aTask({ state: "done", merged: true }), request).kind).toBe("refused");
    expect(decideTask(aTask({ state: "done" }), { ...request, headTree: "tree-1" }).kind).toBe("refused");
    expect(decideTask(aTask({ state: "done" }), aRequest({ action: "invalidate", ...fleet })).kind).toBe("refused");
    expect(reasonOf(decideTask(done.task, { ...request, headTree: "tree-3" }))).toBe("not-in-this-state");
  });

  it("cancels with the story what is not merged", () => {
    const request = aRequest({ action: "cancel-with-story", ...fleet, feedback: "The story was reset." });
    expect(moved(decideTask(aTask({ state: "done" }), request)).task.state).toBe("cancelled");
    expect(decideTask(aTask({ state: "done", merged: true }), request).kind).toBe("refused");
    expect(decideTask(aTask({ state: "cancelled" }), request)).toEqual({ kind: "unchanged" });
  });

  it("recognises a redelivery even when the task is in the same state again", () => {
    const claim = aRequest({ action: "claim-task", principal: dev, roles: holding("developer"), deliveryId: "d-1" });
    const { task } = moved(decideTask(aTask({ assignee: null }), claim));
    const back = { ...task, state: "todo", assignee: null } as const;
    expect(decideTask(back, claim)).toEqual({ kind: "unchanged" });
    expect(decideTask(back, { ...claim, deliveryId: "d-2" }).kind).toBe("moved");
    expect(moved(decideTask(aTask(), claim)).records[0]?.deliveryId).toBe("d-1");
    const full = Array.from({ length: 32 }, (_, index) => `d-${index}/retry`);
    expect(moved(decideTask(aTask({ handled: full }), { ...claim, deliveryId: "new" })).task.handled).toHaveLength(32);
  });
});

describe("roles of the fleet's own steps", () => {
  it.each(["developer", "product-owner", "system"] as const)("are not a person's with the role %s", (role: Role) => {
    const decision = decideTask(aTask(), aRequest({ action: "assign", roles: holding(role) }));
    expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "role-missing", who: ["system"] } });
  });
});
