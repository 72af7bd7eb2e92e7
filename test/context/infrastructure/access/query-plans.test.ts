import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decideAccess } from "../../../../src/context/domain/access/decide-access.ts";
import { entities } from "../../../../src/context/domain/access/entities.ts";
import type { Viewer } from "../../../../src/context/domain/access/entity-query.ts";
import { columnsSeenBy } from "../../../../src/context/domain/access/seen-by.ts";
import { contextRoles } from "../../../../src/context/domain/block-table.ts";
import { factQueries } from "../../../../src/context/domain/fact-queries.ts";
import { phases } from "../../../../src/context/domain/phase.ts";
import { type CompiledQuery, compileQuery } from "../../../../src/context/infrastructure/access/compile-query.ts";
import { humanRoles } from "../../../../src/kernel/roles.ts";
import { ensureSchema } from "../../../../src/platform/graph/schema.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../../contract/graph-neo4j.ts";
import { scansOf } from "../../../support/scans-of.ts";
import { thorough } from "../../../support/thorough.ts";

const at = { installation: 1, repository: 1 };
const viewers: readonly Viewer[] = humanRoles.flatMap((role): readonly Viewer[] => [
  { ...at, principal: { kind: "human", id: 1, login: "p" }, role, roles: { known: true, roles: [role] }, task: null },
  ...(role === "product-owner"
    ? []
    : [
        {
          ...at,
          principal: { kind: "agent" as const, role, number: 1 },
          role,
          roles: { known: true as const, roles: [role] },
          task: "1-1-p1-t1" as const,
        },
      ]),
]);

/** For whom contexts are made; all phases differ in their rows only. */
const readers = contextRoles.flatMap((role) =>
  phases.map((phase) => {
    const principal = { kind: "agent", role, number: 1 } as const;
    const roles = { known: true, roles: [role] } as const;
    return { ...at, principal, role, roles, task: "1-1-p1-t1", context: { story: "1-1", phase } } as const;
  }),
);

/** One statement for each rule and entity, for a page and for one entity by its id; all viewers' where time is given. */
const statements = new Map<string, CompiledQuery>(
  [...viewers, ...readers].flatMap((viewer) =>
    entities.flatMap((entity) =>
      [{}, { id: "1-1" }].flatMap((one) => {
        const query = {
          entity,
          fields: columnsSeenBy(viewer, entity),
          limit: 50,
          ...one,
        };
        const access = decideAccess(query, viewer);
        if (access.kind === "denied") return [];
        const kind = thorough ? viewer.role : access.query.rows;
        return [[`${kind} ${entity} ${"id" in one}`, compileQuery(access.query)] as const];
      }),
    ),
  ),
);
for (const reader of readers) {
  for (const [name, query] of factQueries(reader)) {
    const access = decideAccess(query, reader);
    if (access.kind === "denied") continue;
    const kind = thorough ? reader.role : access.query.rows;
    statements.set(`${kind} ${name} of a context`, compileQuery(access.query));
  }
}

describe.skipIf(testNeo4jUri === undefined)(`the plans of L3's queries${whyNoNeo4j}`, () => {
  let driver: Driver;
  beforeAll(async () => {
    const graph = await connectTestNeo4j();
    await ensureSchema(graph);
    await graph.close();
    driver = neo4j.driver(testNeo4jUri ?? "");
    await driver.executeQuery("CALL db.awaitIndexes(60)");
  });
  afterAll(() => driver.close());

  it("begin at an index, whoever asks for whatever", async () => {
    const scans: string[] = [];
    for (const { cypher, parameters } of statements.values()) {
      const found = await scansOf(driver, { cypher, parameters });
      if (found.length > 0) scans.push(`${found.join(", ")}: ${cypher}`);
    }
    expect(scans).toEqual([]);
  }, 300_000);
});
