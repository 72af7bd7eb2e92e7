import { describe, expect, it } from "vitest";
import { explainAccess } from "../../../../src/context/application/access/explain-access.ts";
import type { AccessRecord, FoundRows, ReadEntitiesDeps } from "../../../../src/context/application/access/ports.ts";
import { readEntities, readTogether } from "../../../../src/context/application/access/read-entities.ts";
import { readEntity } from "../../../../src/context/application/access/read-entity.ts";
import type { Viewer } from "../../../../src/context/domain/access/entity-query.ts";
import { UserError } from "../../../../src/kernel/errors.ts";

const viewer: Viewer = {
  installation: 1,
  repository: 7,
  principal: { kind: "human", id: 1, login: "dev" },
  role: "developer",
  roles: { known: true, roles: ["developer"] },
  task: null,
};
const asked = { viewer, purpose: "test" };
const row = { id: "7-1", key: "7-1", values: { id: "7-1", title: "One" } };

/** A graph that only counts its transactions, and keeps the records of those that ended well. */
function world(found: FoundRows = { rows: [row], total: null }, audit: "kept" | "broken" = "kept") {
  const records: AccessRecord[] = [];
  let transactions = 0;
  const write: ReadEntitiesDeps["graph"]["write"] = async (work) => {
    transactions += 1;
    return work({ run: async () => [] });
  };
  const deps: ReadEntitiesDeps = {
    graph: { write, read: write, writeOne: async () => [] },
    readRows: async () => found,
    recordAccesses: async (_, accesses) => {
      if (audit === "broken") throw new Error("no audit");
      records.push(...accesses);
    },
  };
  return { deps, records, transactions: () => transactions };
}

describe("an access", () => {
  it("leaves its record, with the shape and the numbers and no value", async () => {
    const { deps, records } = world();
    const query = {
      entity: "story",
      fields: ["id", "title", "id"],
      filter: [{ field: "title", test: "contains", value: "secret word" }],
      order: { field: "title", descending: true },
      limit: 1,
    } as const;
    const page = await readEntities(deps, { ...asked, query });
    expect(page).toMatchObject({ rows: [{ title: "One" }], provenance: ["7-1"], total: null });
    expect(records).toEqual([
      {
        principal: viewer.principal,
        role: "developer",
        purpose: "test",
        entity: "story",
        shape: "story(id title); title contains ?; order title desc; limit 1",
        rows: 1,
        columns: 2,
        outcome: "allowed",
        reason: null,
      },
    ]);
  });

  it("for somebody else is on record as whose it is, and names whose eyes were lent", async () => {
    const { deps, records } = world();
    const asker = { kind: "human", id: 9, login: "po" } as const;
    await readEntities(deps, { ...asked, asker, query: { entity: "story", fields: ["id"], limit: 1 } });
    const denied = readEntities(deps, { ...asked, asker, query: { entity: "epic", fields: ["id"], limit: 1 } });
    await expect(denied).rejects.toThrow(UserError);
    const purpose = "test, as @dev sees it";
    expect(records).toMatchObject([
      { principal: asker, role: "developer", purpose, outcome: "allowed" },
      { principal: asker, role: "developer", purpose, outcome: "denied" },
    ]);
  });

  it("answers nothing whose record is not kept", async () => {
    const { deps } = world(undefined, "broken");
    await expect(readEntities(deps, { ...asked, query: { entity: "task", fields: ["id"], limit: 1 } })).rejects.toThrow(
      "no audit",
    );
  });

  it("that is denied leaves a record too, and reads nothing", async () => {
    const { deps, records } = world();
    const query = { entity: "story", fields: ["budget"], limit: 1 };
    const denied = readEntities(deps, { ...asked, query });
    await expect(denied).rejects.toThrow(UserError);
    await expect(denied).rejects.toThrow('The role developer does not see the field "budget" of a story.');
    expect(records).toMatchObject([
      { outcome: "denied", rows: 0, columns: 0, reason: expect.stringContaining("not-visible: ") },
    ]);
  });

  it("of several costs one transaction, and one denial denies all", async () => {
    const { deps, records, transactions } = world();
    const task = { entity: "task", fields: ["id"], limit: 5 };
    expect(await readTogether(deps, { ...asked, query: [task, { ...task, entity: "story" }] })).toHaveLength(2);
    expect({ transactions: transactions(), records: records.length }).toEqual({ transactions: 1, records: 2 });
    const mixed = readTogether(deps, { ...asked, query: [task, { ...task, entity: "epic" }] });
    await expect(mixed).rejects.toThrow("The role developer sees no epic.");
    expect(records.at(-1)).toMatchObject({ entity: "epic", outcome: "denied" });
  });

  it("to one that is not there is told what one is told that is hidden", async () => {
    const { deps } = world({ rows: [], total: null });
    const query = { entity: "task", id: "7-1-p1-t1", fields: ["id"] } as const;
    await expect(readEntity(deps, { ...asked, query })).rejects.toThrow(
      "There is no such task here that the role developer sees.",
    );
  });

  it("names with what comes from outside leave no trace of it", async () => {
    const { deps, records } = world();
    const query = { entity: "story`)", fields: ["<script>"], limit: 1 };
    await expect(readEntities(deps, { ...asked, query })).rejects.toThrow("There is no such entity.");
    expect(records[0]?.shape).toBe("(no name)((no name)); limit 1");
  });
});

describe("explaining an access", () => {
  it("tells nothing where it is seen, and the rule where it is not", async () => {
    const about = { entity: "story", id: "7-1", field: null } as const;
    expect(await explainAccess(world().deps, { ...asked, query: about })).toBeNull();
    const hidden = world({ rows: [], total: null }).deps;
    expect(await explainAccess(hidden, { ...asked, query: about })).toMatchObject({ rule: "row" });
    expect(await explainAccess(hidden, { ...asked, query: { ...about, field: "budget" } })).toMatchObject({
      rule: "column",
    });
    await expect(explainAccess(hidden, { ...asked, query: { ...about, field: "nothing" } })).rejects.toThrow(UserError);
  });
});
