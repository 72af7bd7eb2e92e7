import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTogether } from "../../src/context/application/access/read-entities.ts";
import { projectEvent } from "../../src/context/application/project-event.ts";
import { rebuildGraph } from "../../src/context/application/rebuild-graph.ts";
import type { Viewer } from "../../src/context/domain/access/entity-query.ts";
import { readRows } from "../../src/context/infrastructure/access/graph-entities.ts";
import { graphKnowledge } from "../../src/context/infrastructure/graph-knowledge.ts";
import { assignEpic } from "../../src/planning/application/assign-epic.ts";
import { recordIssue } from "../../src/planning/application/record-issue.ts";
import { recordSurroundings } from "../../src/planning/application/record-surroundings.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";
import { alice, author, holding, issueFacts } from "../planning/a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../planning/a-world.ts";

let world: PlanningWorld;
const parent = { number: 9, title: "Carts" };
const epic = "100-i9";
const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, "0")}:00Z`;
const person = ({ id, login }: typeof alice) => ({ id, login });

beforeAll(async () => {
  world = await openPlanningWorld();
  const { id: storyId } = await recordIssue(world.deps, issueFacts({ milestone: { number: 3, title: "Sprint 3" } }));
  await recordIssue(world.deps, issueFacts({ issueNumber: 43 }));
  await recordSurroundings(world.deps, { storyId, parent });
});
afterAll(() => world.graph.close());

const knowing = () => ({ graph: world.graph, knowledge: graphKnowledge, readEvents });
const assigned = async () => (await world.events()).filter(({ type }) => type === "planning.epic.assigned");

async function project(): Promise<void> {
  for (const event of await assigned()) await projectEvent(knowing(), event);
}

/** The epics and stories that a person sees as an architect. */
async function seenBy(principal: typeof alice) {
  const viewer: Viewer = {
    ...{ installation: 11, repository: 100, principal, role: "architect", roles: holding("architect"), task: null },
  };
  const query = ["epic", "story"].map((entity) => ({ entity, fields: ["id"], limit: 10 }));
  const deps = { graph: world.graph, readRows, recordAccesses: async () => {} };
  const pages = await readTogether(deps, { viewer, purpose: "test", query });
  return pages.flatMap(({ rows }) => rows.map(({ id }) => id));
}

const links = async () =>
  (
    await world.graph.query(
      "MATCH (e:Epic)-[:ASSIGNED_TO]->(p:Person) RETURN e.id AS epic, p.id AS person, p.login AS login ORDER BY epic, person",
    )
  ).map((row) => JSON.stringify(row));

describe("an epic", () => {
  test("that is assigned to nobody is no architect's", async () => {
    expect([await seenBy(alice), await seenBy(author)]).toEqual([[], []]);
  });

  test("shows its stories to the architects that it is assigned to, and to no longer than that", async () => {
    const assign = (minute: number, people: readonly (typeof alice)[]) =>
      assignEpic(world.deps, { epic, people: people.map(person), at: at(minute), deliveryId: `d-${minute}` });
    expect(await assign(1, [alice, author])).toBe(true);
    expect(await assign(2, [author, alice]), "the same again").toBe(false);
    expect(await assigned()).toMatchObject([
      { payload: { epic, people: [person(alice), person(author)] }, subject: { story: null }, correlationId: "d-1" },
    ]);
    await project();
    expect([await seenBy(alice), await seenBy(author)]).toEqual([
      [epic, "100-42"],
      [epic, "100-42"],
    ]);
    expect(await assign(5, [author])).toBe(true);
    expect(await assign(4, [alice]), "what is older than what is known").toBe(false);
    await project();
    expect([await seenBy(alice), await seenBy(author)]).toEqual([[], [epic, "100-42"]]);
    const milestone = { epic: "100-m3", people: [person(alice)], at: at(1), deliveryId: null } as const;
    expect(await assignEpic(world.deps, milestone)).toBe(true);
    await project();
    expect(await seenBy(alice)).toEqual(["100-m3", "100-42"]);
  });

  test("is none without a story, and nothing is said of it", async () => {
    const before = (await assigned()).length;
    const none = { epic: "100-i43", people: [person(alice)], at: at(1), deliveryId: null } as const;
    expect(await assignEpic(world.deps, none)).toBe(false);
    expect((await assigned()).length).toBe(before);
  });

  test("has the same links in any order of its events, with any repeats, and after a rebuild", async () => {
    const wanted = await links();
    expect(wanted).toHaveLength(2);
    const events = await assigned();
    const orders = fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 });
    await fc.assert(
      fc.asyncProperty(orders, async (shuffled) => {
        for (const event of shuffled) await projectEvent(knowing(), event);
        expect(await links()).toEqual(wanted);
      }),
      { numRuns: 10 },
    );
    await world.graph.write((tx) => tx.run("MATCH (:Epic)-[a:ASSIGNED_TO]->(:Person) DELETE a"));
    await rebuildGraph(knowing());
    expect(await links()).toEqual(wanted);
  });
});
