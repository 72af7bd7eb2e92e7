import { describe, expect, it } from "vitest";
import { system } from "../../../src/kernel/principal.ts";
import { decideHead, type Head } from "../../../src/workflow/domain/record-head.ts";
import { agent, aTask, dev, now } from "../a-task.ts";

const head: Head = {
  headSha: "sha-2",
  headTree: "tree-2",
  authors: ["human:9"],
  committer: dev,
  deliveryId: "d-1",
  now,
};
const person = { kind: "person", principal: dev } as const;

describe("a new head of the task's branch", () => {
  it("hands in the holder's work", () => {
    const { decision, task } = decideHead(aTask({ state: "implementing", assignee: person, authors: [] }), head);
    expect(decision.kind).toBe("moved");
    expect(task).toMatchObject({ state: "pending-arch-review", headSha: "sha-2", authors: ["human:9", "human:3"] });
    const byCouncil = decideHead(aTask({ state: "implementing" }), { ...head, committer: agent });
    expect(byCouncil.task.state).toBe("pending-arch-review");
  });

  it("of somebody else is a fact, but no hand-in", () => {
    const { decision, task, changed, events } = decideHead(aTask({ state: "implementing" }), head);
    expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "not-holder" } });
    expect({ changed, events }).toEqual({ changed: true, events: [] });
    expect(task).toMatchObject({ state: "implementing", headSha: "sha-2", headTree: "tree-2", approvals: [] });
    expect(task.authors).toEqual(["agent:developer:1", "human:9", "human:3"]);
  });

  it.each(["arch-rejected", "qa-failed"] as const)("of the holder in %s revises and hands in", (state) => {
    const { decision } = decideHead(aTask({ state, assignee: person }), head);
    expect(decision.kind === "moved" && decision.records.map((record) => record.action)).toEqual([
      "revise-code",
      "commit-code",
      "auto-route-to-architect",
    ]);
    expect(decideHead(aTask({ state: "arch-rejected", approvals: [] }), head).decision).toEqual({ kind: "unchanged" });
  });

  it.each(["pending-qa", "qa-testing", "qa-failed", "pending-po-approval", "done"] as const)(
    "with another tree voids the approvals in %s",
    (state) => {
      const { decision, task } = decideHead(aTask({ state }), head);
      expect(decision.kind === "moved" && decision.records.map((record) => record.action)).toEqual(["invalidate"]);
      expect(task).toMatchObject({ state: "pending-arch-review", approvals: [], headTree: "tree-2" });
    },
  );

  it("with the same tree keeps the approvals and asks the gate again for the new commit", () => {
    const { decision, task, events } = decideHead(aTask({ state: "qa-testing" }), { ...head, headTree: "tree-1" });
    expect(decision).toEqual({ kind: "unchanged" });
    expect(task).toMatchObject({ headSha: "sha-2", state: "qa-testing" });
    expect(task.approvals).toHaveLength(2);
    expect(events).toMatchObject([{ payload: { role: "qa", headSha: "sha-2" } }]);
  });

  it("before any approval is recorded and asked for", () => {
    const { decision, task, events } = decideHead(aTask({ state: "pending-arch-review", approvals: [] }), {
      ...head,
      committer: system,
    });
    expect(decision).toEqual({ kind: "unchanged" });
    expect(task).toMatchObject({ headTree: "tree-2", authors: ["agent:developer:1", "human:9"] });
    expect(events).toMatchObject([{ payload: { role: "architect" } }]);
    expect(decideHead(aTask({ state: "todo" }), head)).toMatchObject({ changed: true, events: [] });
  });

  it("says whether all its authors are known; the same head may be read in full later", () => {
    const long = decideHead(aTask({ state: "pending-arch-review" }), { ...head, authorsKnown: false }).task;
    expect(long.authorsKnown).toBe(false);
    expect(decideHead(long, { ...head, headSha: "sha-3" }).task.authorsKnown, "nobody read it").toBe(false);
    const read = decideHead(long, { ...head, authors: ["human:12"], authorsKnown: true });
    expect([read.changed, read.decision.kind, read.events]).toEqual([true, "unchanged", []]);
    expect(read.task).toMatchObject({ authorsKnown: true, headTree: "tree-2", approvals: long.approvals });
    expect(read.task.authors).toContain("human:12");
    expect(decideHead(read.task, { ...head, authorsKnown: true }).changed).toBe(false);
  });

  it("that is known already, or comes after the merge, changes nothing", () => {
    const known = aTask({ state: "implementing", headSha: "sha-2", assignee: person });
    expect(decideHead(known, head)).toMatchObject({ decision: { kind: "unchanged" }, changed: false });
    expect(decideHead(aTask({ state: "done", merged: true }), head).changed).toBe(false);
  });
});
