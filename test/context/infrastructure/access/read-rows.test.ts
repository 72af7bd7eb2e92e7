import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessRecord } from "../../../../src/context/application/access/ports.ts";
import { readEntities } from "../../../../src/context/application/access/read-entities.ts";
import { readEntity } from "../../../../src/context/application/access/read-entity.ts";
import { decideAccess } from "../../../../src/context/domain/access/decide-access.ts";
import { type Entity, entities } from "../../../../src/context/domain/access/entities.ts";
import type { EntityQuery, Viewer } from "../../../../src/context/domain/access/entity-query.ts";
import { fields, storedField } from "../../../../src/context/domain/access/fields.ts";
import { columnsSeenBy, rowsSeenBy } from "../../../../src/context/domain/access/seen-by.ts";
import { contextRoles } from "../../../../src/context/domain/block-table.ts";
import { phases } from "../../../../src/context/domain/phase.ts";
import { readRows } from "../../../../src/context/infrastructure/access/graph-entities.ts";
import { UserError } from "../../../../src/kernel/errors.ts";
import { storyOf, type TaskId } from "../../../../src/kernel/ids.ts";
import { isStoryId, isTaskId } from "../../../../src/kernel/parse-ids.ts";
import { humanRoles, roles } from "../../../../src/kernel/roles.ts";
import { openEmbeddedGraph } from "../../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../../src/platform/graph/schema-graph.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../../contract/graph-neo4j.ts";
import { thorough, whyNotThorough } from "../../../support/thorough.ts";
import { fullWorld, type Place, people, secret, storeWorld, tieAcross, worlds } from "./a-guarded-world.ts";
import { naiveRead } from "./naive-filter.ts";

suite("embedded", openEmbeddedGraph, thorough ? 5 : 2);
describe.skipIf(testNeo4jUri === undefined || !thorough)(`with a server${whyNoNeo4j || whyNotThorough}`, () => {
  // Nearly every query is another text there, and each text is planned.
  suite("Neo4j", connectTestNeo4j, 1);
});

/** For whom contexts are made there: an agent of each role at a task, and the fleet on behalf of one, in each phase. */
function contextViewersOf(place: Place, task = firstTask(place)): readonly Viewer[] {
  const { installation, repository, stories } = place;
  const story = task === null ? stories.map(({ id }) => id).find(isStoryId) : storyOf(task);
  if (story === undefined) return [];
  return contextRoles.flatMap((role) =>
    phases.flatMap((phase): readonly Viewer[] => {
      const at = {
        installation,
        repository,
        role,
        roles: { known: true, roles: [role] },
        context: { story, phase },
      } as const;
      const fleet = { ...at, principal: { kind: "system" }, task: null } as const;
      return task === null ? [fleet] : [fleet, { ...at, principal: { kind: "agent", role, number: 1 }, task }];
    }),
  );
}

function firstTask(place: Place): TaskId | null {
  return place.tasks.map(({ id }) => id).find(isTaskId) ?? null;
}

/** Everybody who could look into a place: each person and the fleet in each role, and an agent of each role at a task. */
function viewersOf(place: Place, task = firstTask(place)): readonly Viewer[] {
  const { installation, repository } = place;
  const at = { installation, repository };
  return [
    { ...at, principal: { kind: "system" }, role: "system", roles: { known: true, roles: ["system"] }, task: null },
    ...humanRoles.flatMap((role): readonly Viewer[] => [
      ...people.map((id) => ({
        ...at,
        principal: { kind: "human" as const, id, login: `person${id}` },
        role,
        roles: { known: true as const, roles: [role] },
        task: null,
      })),
      ...(task === null || role === "product-owner"
        ? []
        : [
            {
              ...at,
              principal: { kind: "agent" as const, role, number: 1 },
              role,
              roles: { known: true as const, roles: [role] },
              task,
            },
          ]),
    ]),
  ];
}

/** The entities of which a viewer sees anything, with their columns. */
function seenOf(viewer: Viewer): readonly (readonly [Entity, readonly string[]])[] {
  return entities.flatMap((entity) => {
    const columns = rowsSeenBy(viewer, entity) === null ? [] : columnsSeenBy(viewer, entity);
    return columns.length === 0 ? [] : [[entity, columns] as const];
  });
}

/** So many take turns: in a few worlds everybody's comes. */
const turns = 20;

function someOf(viewers: readonly Viewer[], at: number): readonly Viewer[] {
  return viewers.filter((_, n) => n % turns === at);
}

const draws = fc.record({
  name: fc.nat(30),
  fields: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  filter: fc.option(fc.constantFrom("alpha", "Beta", "done", "testing", "AL", "area/a", secret, 2), { nil: null }),
  search: fc.option(fc.constantFrom("al", "BETA", secret), { nil: null }),
  descending: fc.boolean(),
  limit: fc.integer({ min: 1, max: 4 }),
});
type Draw = typeof draws extends fc.Arbitrary<infer T> ? T : never;

/** A query that only names what `names` lists. */
function toQuery(entity: Entity, names: readonly string[], draw: Draw): EntityQuery {
  const name = (n: number) => names[n % names.length] ?? "id";
  const kind = storedField(entity, name(draw.name))?.kind ?? "text";
  const isNumber = typeof draw.filter === "number";
  const test = kind === "texts" || kind === "numbers" ? "has" : "is";
  const fits = isNumber ? kind === "number" || kind === "numbers" : kind === "text" || kind === "texts";
  const orders = ["text", "number"].includes(kind);
  const texts = names.filter((each) => storedField(entity, each)?.kind === "text");
  return {
    entity,
    fields: draw.fields.map(name),
    ...(draw.filter === null || !fits ? {} : { filter: [{ field: name(draw.name), test, value: draw.filter }] }),
    ...(draw.search === null ? {} : { search: { text: draw.search, fields: texts } }),
    ...(orders ? { order: { field: name(draw.name), descending: draw.descending } } : {}),
    limit: draw.limit,
    count: true,
  };
}

function suite(name: string, open: () => Promise<SchemaGraph>, runs: number): void {
  describe(`L3 inside the query, on ${name}`, () => {
    let graph: SchemaGraph;
    let base = Math.floor(Math.random() * 1e9) * 1_000;
    beforeAll(async () => {
      graph = await open();
      await ensureSchema(graph);
    });
    afterAll(() => graph.close());

    const records: AccessRecord[] = [];
    const read = (viewer: Viewer, query: EntityQuery) =>
      readEntities(
        { graph, readRows, recordAccesses: async (_, accesses) => void records.push(...accesses) },
        { viewer, purpose: "test", query },
      );

    it("answers what a filter over everything would, for every role, entity, order, filter, count and page", async () => {
      await fc.assert(
        fc.asyncProperty(
          worlds(),
          fc.array(draws, { minLength: 5, maxLength: 5 }),
          fc.nat(turns - 1),
          async (world, drawn, at) => {
            base += 10;
            const places = world(base);
            await storeWorld(graph, places);
            const viewers = places.flatMap((place) => [...viewersOf(place), ...contextViewersOf(place)]);
            for (const [n, viewer] of someOf(viewers, at).entries()) {
              for (const [e, entity] of entities.entries()) {
                const allowed = columnsSeenBy(viewer, entity);
                if (allowed.length === 0 || rowsSeenBy(viewer, entity) === null) continue;
                const query = toQuery(entity, allowed, drawn[(n + e) % drawn.length] ?? expect.fail("no draw"));
                await expectNaive(places, query, viewer);
              }
            }
          },
        ),
        { numRuns: runs },
      );
    }, 300_000);

    it("answers so in a world where each rule keeps something from somebody, whoever asks for whatever", async () => {
      base += 10;
      const places = fullWorld(base);
      await storeWorld(graph, places);
      await tieAcross(graph, places);
      const [place, , elsewhere] = places;
      if (place === undefined || elsewhere === undefined) expect.fail("no places");
      const [first, other] = [place.tasks.at(0), place.tasks.at(5)].map((task) => task?.id ?? "");
      if (first === undefined || !isTaskId(first) || other === undefined || !isTaskId(other)) expect.fail("no tasks");
      const all = [...viewersOf(place, first), ...contextViewersOf(place, first)];
      const atOther = [...viewersOf(place, other), ...contextViewersOf(place, other)].filter(
        ({ task }) => task !== null,
      );
      for (const viewer of [...all, ...atOther]) {
        for (const [entity, fields] of seenOf(viewer)) {
          const query = { entity, fields, limit: 200, count: true } as const;
          await expectNaive(places, query, viewer);
          for (const id of idsOf(place, entity).slice(-1)) await expectNaive(places, { ...query, id }, viewer);
        }
      }
      // Page by page, where all have the same title.
      for (const viewer of all.slice(0, 3))
        for (const entity of ["task", "decision"] as const)
          for (const descending of [false, true]) {
            const order = { field: "title", descending };
            if (rowsSeenBy(viewer, entity) !== null)
              await expectNaive(places, { entity, fields: ["id"], order, limit: 2, count: true }, viewer);
          }
      // The one's repository under the other's installation is no place.
      const { installation } = elsewhere;
      for (const viewer of all)
        for (const [entity] of seenOf(viewer))
          await expectNaive(places, { entity, fields: ["id"], limit: 200, count: true }, { ...viewer, installation });
    }, 300_000);

    async function expectNaive(places: readonly Place[], query: EntityQuery, viewer: Viewer): Promise<void> {
      const wanted = naiveRead(places, query, viewer);
      const rows: unknown[] = [];
      const ids: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page = await read(viewer, after === undefined ? query : { ...query, after });
        expect(page.total, JSON.stringify({ query, viewer })).toBe(wanted.total);
        rows.push(...page.rows);
        ids.push(...page.provenance);
        after = page.next;
      }
      expect({ rows, ids }, JSON.stringify({ query, viewer })).toEqual({ rows: wanted.rows, ids: wanted.ids });
    }

    it("tells nothing of what is hidden: not by an error, a search, an order, a filter or an id", async () => {
      await fc.assert(
        fc.asyncProperty(worlds(), draws, fc.nat(turns - 1), async (world, draw, at) => {
          base += 10;
          const places = world(base);
          await storeWorld(graph, places);
          const viewers = places.flatMap((place) => [...viewersOf(place), ...contextViewersOf(place)]);
          for (const viewer of someOf(viewers, at)) {
            for (const entity of entities) await expectSilence(places, entity, viewer, draw);
          }
        }),
        { numRuns: Math.ceil(runs / 2) },
      );
    }, 300_000);

    async function expectSilence(places: readonly Place[], entity: Entity, viewer: Viewer, draw: Draw): Promise<void> {
      const allowed = rowsSeenBy(viewer, entity) === null ? [] : columnsSeenBy(viewer, entity);
      const hidden = Object.keys(fields[entity]).filter((field) => !allowed.includes(field));
      for (const field of hidden) {
        for (const query of queriesAbout(entity, field, draw)) {
          const access = decideAccess(query, viewer);
          expect(access.kind === "denied" && access.refusal.reason, `${viewer.role} ${entity}.${field}`).toBe(
            "not-visible",
          );
        }
      }
      if (allowed.length === 0) return;
      const seen = naiveRead(places, { entity, fields: ["id"], limit: 1 }, viewer).ids;
      const all = places.flatMap((place) => idsOf(place, entity));
      const texts = new Set<string>();
      for (const id of [...all.filter((each) => !seen.includes(each)).slice(0, 4), `${viewer.repository}-404`]) {
        const query = { entity, id, fields: ["id"] };
        const answer = readEntity(
          { graph, readRows, recordAccesses: async () => {} },
          { viewer, purpose: "test", query },
        );
        texts.add(await answer.then(String, (error: unknown) => (error instanceof UserError ? error.message : "?")));
      }
      expect([...texts]).toEqual([expect.stringContaining("There is no such")]);
    }

    it("keeps one record of each access, with its numbers and without its values", () => {
      expect(records.length).toBeGreaterThan(0);
      expect(records.every(({ outcome, purpose }) => outcome === "allowed" && purpose === "test")).toBe(true);
      expect(JSON.stringify(records.map(({ shape }) => shape))).not.toMatch(/alpha|beta|confidential/i);
    });
  });
}

function queriesAbout(entity: Entity, field: string, { descending }: Draw): readonly EntityQuery[] {
  const query = { entity, fields: ["id"], limit: 1 };
  return [
    { ...query, fields: ["id", field] },
    { ...query, filter: [{ field, test: "is", value: secret }] },
    { ...query, search: { text: secret, fields: ["id", field] } },
    { ...query, order: { field, descending } },
  ];
}

function idsOf(place: Place, entity: Entity): readonly string[] {
  const { epics, stories, tasks, decisions, plans } = place;
  return { epic: epics, story: stories, task: tasks, decision: decisions, plan: plans }[entity].map(({ id }) => id);
}

it("knows every role", () => {
  expect(roles.filter((role) => role !== "system")).toEqual(humanRoles);
});
