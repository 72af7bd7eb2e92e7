import { describe, expect, test } from "vitest";
import { type JudgeDecision, judgeDecision } from "../../../src/planning/application/judge-decision.ts";
import { findDecisions, stateDecision } from "../../../src/planning/application/record-decision.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { openPlanningWorld } from "../a-world.ts";

const olga = { kind: "human", id: 11, login: "olga" } as const;
const dev = { kind: "human", id: 12, login: "dev" } as const;
const architect = { known: true, roles: ["architect"] } as const;
const developer = { known: true, roles: ["developer"] } as const;

/** A story with one proposal by a developer. */
async function openWorld() {
  const world = await openPlanningWorld();
  const { id: storyId } = await recordIssue(world.deps, {
    installation: 1,
    repository: 100,
    owner: "acme",
    repo: "shop",
    issueNumber: 42,
    title: "Reject coupons",
    body: "As a shop owner …",
    labels: [],
    milestone: null,
    author: { id: 11, login: "olga" },
    updatedAt: "2026-03-01T09:00:00Z",
    deliveryId: "d-0",
  });
  const said = { storyId, taskId: null, deliveryId: "d-1", affects: { pullRequest: null, commit: null, files: [] } };
  const state = (key: string, text: string, principal: typeof olga | typeof dev, roles: JudgeDecision["roles"]) =>
    stateDecision(world.deps, { ...said, key, text, principal, roles });
  await state("c-1", "Times are in UTC.", dev, developer);
  const request = { storyId, number: 1, principal: olga, roles: architect, why: "", deliveryId: "d-2" } as const;
  const judge = (change: Partial<JudgeDecision>) =>
    judgeDecision(world.deps, { ...request, verdict: "approve", ...change });
  const decided = () =>
    world.graph.query("MATCH (d:Decision)-[:DECIDED_BY]->(n) RETURN d.number AS number, n.id AS by ORDER BY number");
  return { ...world, storyId, state, judge, decided };
}

describe("a proposed decision", () => {
  test("is numbered after the last of its story", async () => {
    const world = await openWorld();
    await world.state("c-2", "The total is never negative.", olga, architect);
    expect((await findDecisions(world.deps, world.storyId)).map(({ number, status }) => [number, status])).toEqual([
      [1, "proposed"],
      [2, "approved"],
    ]);
    expect(await world.decided()).toEqual([{ number: 2, by: "human:11" }]);
  });

  test("holds once it is approved, and says by whom; the same again changes nothing", async () => {
    const world = await openWorld();
    expect(await world.judge({})).toMatchObject({ kind: "moved", decision: { status: "approved" } });
    expect(await world.judge({ deliveryId: "d-3" })).toMatchObject({ kind: "unchanged" });
    const [decision] = await findDecisions(world.deps, world.storyId);
    expect(decision).toMatchObject({ status: "approved", author: dev, judgement: { by: olga, reason: null } });
    expect(await world.decided()).toEqual([{ number: 1, by: "human:11" }]);
    const last = (await world.events()).at(-1);
    expect(last).toMatchObject({ type: "planning.decision.recorded", payload: { number: 1, status: "approved" } });
    expect((await world.events()).filter(({ type }) => type === last?.type)).toHaveLength(2);
  });

  test("is rejected with a reason", async () => {
    const world = await openWorld();
    const why = "The shop sells in three zones.";
    expect(await world.judge({ verdict: "reject", why })).toMatchObject({ kind: "moved" });
    expect(await findDecisions(world.deps, world.storyId)).toMatchObject([
      { status: "rejected", judgement: { by: olga, reason: why } },
    ]);
  });

  test.each([
    [{ roles: developer }, "role-missing", true],
    [{ roles: { known: true, roles: ["qa", "devops", "data"] } }, "role-missing", true],
    [{ roles: { known: true, roles: [] } }, "role-missing", true],
    [{ roles: { known: false, why: "GitHub said 500" } }, "roles-unknown", true],
    [{ principal: dev }, "own-work", true],
    [{ principal: { kind: "agent", role: "product-owner", number: 1 } }, "role-missing", true],
    [{ verdict: "reject", why: "no" }, "feedback-missing", false],
    [{ number: 9 }, "unknown-decision", false],
    [{ storyId: "100-99" }, "unknown-story", false],
  ] as const)("is not judged by %j: %s", async (change, reason, audited) => {
    const world = await openWorld();
    expect(await world.judge(change)).toMatchObject({ kind: "refused", refusal: { reason } });
    expect((await world.events()).at(-1)?.type === "access.denied").toBe(audited);
    expect(await findDecisions(world.deps, world.storyId)).toMatchObject([{ status: "proposed", judgement: null }]);
  });

  test("is judged once: whoever comes later is told how it stands", async () => {
    const world = await openWorld();
    await world.judge({});
    const quinn = { kind: "human", id: 13, login: "quinn" } as const;
    const later = await world.judge({ verdict: "reject", why: "It is not so.", principal: quinn });
    expect(later).toMatchObject({ refusal: { reason: "not-in-this-state", rule: expect.stringContaining("@olga") } });
  });
});
