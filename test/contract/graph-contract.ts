import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError, PermanentError, RetryableError, UserError } from "../../src/kernel/errors.ts";
import type { GraphParameters, Transaction } from "../../src/kernel/transaction.ts";
import { compareAndSet } from "../../src/platform/graph/compare-and-set.ts";
import { lockNode } from "../../src/platform/graph/lock-node.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";

/**
 * What every adapter of the graph port must do. `open` gives a fresh connection; the store may be shared with other
 * suites, so every node here has an id that starts with this run's mark.
 */
export function graphContract(name: string, open: () => Promise<SchemaGraph>): void {
  describe(`the graph port on ${name}`, () => {
    const mark = randomUUID();
    let graph: SchemaGraph;
    let count = 0;
    const newId = () => `${mark}-${count++}`;

    beforeAll(async () => {
      graph = await open();
      await graph.ensureUnique("ContractNode", "id");
    });

    afterAll(async () => {
      await graph.write((tx) =>
        tx.run("MATCH (n:ContractNode) WHERE n.id STARTS WITH $mark DETACH DELETE n", { mark }),
      );
      await graph.close();
    });

    const create = async (properties: GraphParameters = {}): Promise<string> => {
      const id = newId();
      await graph.write((tx) =>
        tx.run("CREATE (n:ContractNode {id: $id, version: 1}) SET n += $properties", { id, properties }),
      );
      return id;
    };
    const load = async (id: string) => {
      const rows = await graph.query("MATCH (n:ContractNode {id: $id}) RETURN n {.*} AS n", { id });
      return rows[0]?.["n"];
    };
    const echo = async (value: GraphParameters[string]) =>
      (await graph.query("RETURN $value AS v", { value }))[0]?.["v"];

    describe("concurrency", () => {
      test.each([1, 2, 3])("of 50 concurrent compare-and-sets exactly one wins (round %i)", async (round) => {
        const id = await create({ version: round });
        const won = await Promise.all(
          Array.from({ length: 50 }, (_, writer) =>
            graph.write((tx) => compareAndSet(tx, { label: "ContractNode", id, version: round, set: { writer } })),
          ),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await load(id)).toEqual({ id, version: round + 1, writer: won.indexOf(true) });
      });

      test("of 50 concurrent load-decide-saves under the node's lock none is lost", async () => {
        const id = await create({ total: 0 });
        await Promise.all(
          Array.from({ length: 50 }, () =>
            graph.write(async (tx) => {
              expect(await lockNode(tx, "ContractNode", id)).toBe(true);
              const [row] = await tx.run("MATCH (n:ContractNode {id: $id}) RETURN n.total AS total", { id });
              const total = Number(row?.["total"]) + 1;
              await tx.run("MATCH (n:ContractNode {id: $id}) SET n.total = $total", { id, total });
            }),
          ),
        );
        expect(await load(id)).toEqual({ id, version: 1, total: 50 });
      });

      test("50 parallel MERGEs under a constraint make one node", async () => {
        const id = newId();
        await Promise.all(
          Array.from({ length: 50 }, () => graph.write((tx) => tx.run("MERGE (n:ContractNode {id: $id})", { id }))),
        );
        expect(await graph.query("MATCH (n:ContractNode {id: $id}) RETURN count(n) AS n", { id })).toEqual([{ n: 1 }]);
      });

      test("20 parallel MERGEs of one relationship make one", async () => {
        const [from, to] = [await create(), await create()];
        await Promise.all(
          Array.from({ length: 20 }, () =>
            graph.write((tx) =>
              tx.run("MATCH (a:ContractNode {id: $from}), (b:ContractNode {id: $to}) MERGE (a)-[:CONTRACT]->(b)", {
                from,
                to,
              }),
            ),
          ),
        );
        const counted = "MATCH (:ContractNode {id: $from})-[r:CONTRACT]->() RETURN count(r) AS n";
        expect(await graph.query(counted, { from })).toEqual([{ n: 1 }]);
      });

      test("a write that starts between another's read and write of a node does not come between them", async () => {
        const id = await create({ total: 1 });
        let second: Promise<boolean> | undefined;
        await graph.write(async (tx) => {
          await lockNode(tx, "ContractNode", id);
          const [row] = await tx.run("MATCH (n:ContractNode {id: $id}) RETURN n.total AS total", { id });
          const change = { label: "ContractNode", id, version: 1, set: { total: 10 } };
          second ??= graph.write((other) => compareAndSet(other, change));
          const total = Number(row?.["total"]) + 1;
          await tx.run("MATCH (n:ContractNode {id: $id}) SET n.total = $total, n.first = $total", { id, total });
        });
        expect(await second).toBe(true);
        expect(await load(id)).toEqual({ id, version: 2, total: 10, first: 2 });
      });

      test("reads during a write see the last commit, and do not wait for it", async () => {
        const id = await create({ colour: "red" });
        const [before] = await graph.write(async (tx) => {
          await tx.run("MATCH (n:ContractNode {id: $id}) SET n.colour = 'green'", { id });
          return [await load(id)];
        });
        expect(before).toMatchObject({ colour: "red" });
        expect(await load(id)).toMatchObject({ colour: "green" });
      });

      test("a function that is called again has its effect once", async () => {
        const id = newId();
        let calls = 0;
        const work = (tx: Transaction) => {
          calls++;
          return tx.run("MERGE (n:ContractNode {id: $id}) SET n.version = 1", { id });
        };
        await graph.write(work);
        await graph.write(work);
        expect(calls).toBeGreaterThanOrEqual(2);
        expect(await graph.query("MATCH (n:ContractNode {id: $id}) RETURN count(n) AS n", { id })).toEqual([{ n: 1 }]);
      });
    });

    describe("compare-and-set and lock", () => {
      test("a stale version changes nothing", async () => {
        const id = await create({ colour: "red" });
        const change = { label: "ContractNode", id, version: 7, set: { colour: "green" } };
        expect(await graph.write((tx) => compareAndSet(tx, change))).toBe(false);
        expect(await load(id)).toEqual({ id, version: 1, colour: "red" });
      });

      test("a missing node is not set, and not made", async () => {
        const id = newId();
        expect(await graph.write((tx) => compareAndSet(tx, { label: "ContractNode", id, version: 0, set: {} }))).toBe(
          false,
        );
        expect(await graph.write((tx) => lockNode(tx, "ContractNode", id))).toBe(false);
        expect(await load(id)).toBeUndefined();
      });

      test("null removes a property, and no property of the lock stays behind", async () => {
        const id = await create({ colour: "red" });
        await graph.write(async (tx) => {
          await lockNode(tx, "ContractNode", id);
          await compareAndSet(tx, { label: "ContractNode", id, version: 1, set: { colour: null } });
        });
        expect(await load(id)).toEqual({ id, version: 2 });
      });

      test("a version among the properties does not override the check's own", async () => {
        const id = await create();
        await graph.write((tx) =>
          compareAndSet(tx, { label: "ContractNode", id, version: 1, set: { id, version: 99 } }),
        );
        expect(await load(id)).toEqual({ id, version: 2 });
      });

      test("a label never carries Cypher", async () => {
        const label = "ContractNode) DETACH DELETE n //";
        await expect(graph.write((tx) => lockNode(tx, label, "x"))).rejects.toThrow(PermanentError);
        await expect(graph.ensureUnique(label, "id")).rejects.toThrow(PermanentError);
        await expect(graph.ensureIndex("ContractNode", "id) //")).rejects.toThrow(PermanentError);
      });
    });

    describe("values", () => {
      test.each([0, 1, -1, 42, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
        "the integer %i stays one",
        async (n) => {
          const id = await create({ n });
          expect(await load(id)).toMatchObject({ n });
          const rows = await graph.query("MATCH (x:ContractNode {id: $id}) RETURN toString(x.n) AS text", { id });
          expect(rows[0]?.["text"]).toBe(String(n));
        },
      );

      test.each([0.1, -2.5, 1e-9])("the fraction %d stays one", async (n) => {
        expect(await load(await create({ n }))).toMatchObject({ n });
      });

      test("lists, booleans, and integers in lists and maps", async () => {
        const properties = { texts: ["b", "a"], numbers: [3, 1, 2], none: [], yes: true, no: false };
        expect(await load(await create(properties))).toMatchObject(properties);
        expect(await echo([{ a: [1, { b: null }] }, "x", 2.5, null])).toEqual([
          { a: [1, { b: null }] },
          "x",
          2.5,
          null,
        ]);
      });

      test("a property set to null is absent", async () => {
        const id = await create({ colour: null });
        expect(await load(id)).toEqual({ id, version: 1 });
        expect(await graph.query("MATCH (n:ContractNode {id: $id}) RETURN n.colour AS c", { id })).toEqual([
          { c: null },
        ]);
      });

      test.each([
        ["quotes", `'"\`\\ \\u0041 $value {n} // /* ; DROP`],
        ["control characters", "\u0000\u0001\u001f\u007f\u0085\u2028\u2029\r\n\t"],
        ["several planes", "Grüße 東京 e\u0301 👩‍👩‍👧‍👦 \u{10FFFF}"],
        ["the empty string", ""],
        ["1 MB", "x".repeat(1 << 20)],
      ])("%s come back unchanged", async (_name, text) => {
        expect(await load(await create({ text }))).toMatchObject({ text });
      });

      test("a lone surrogate, which no UTF-8 can carry, becomes U+FFFD", async () => {
        expect(await load(await create({ text: "a\ud800b" }))).toMatchObject({ text: "a\ufffdb" });
      });

      test("any scalar and any list of one kind come back unchanged", async () => {
        const text = fc.string({ unit: "binary" });
        const number = fc
          .oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, min: -1e15, max: 1e15 }))
          .map((n) => n + 0);
        const property = fc.oneof(text, number, fc.boolean(), fc.array(text), fc.array(fc.maxSafeInteger()));
        await fc.assert(
          fc.asyncProperty(property, async (value) => {
            expect(await load(await create({ value }))).toMatchObject({ value });
          }),
          { numRuns: 60 },
        );
      });

      test("hostile text as a parameter is text and nothing else", async () => {
        const text = "'}) MATCH (n) DETACH DELETE n //";
        const id = await create({ text });
        const rows = await graph.query("MATCH (n:ContractNode {text: $text}) WHERE n.id = $id RETURN n.id AS id", {
          text,
          id,
        });
        expect(rows).toEqual([{ id }]);
      });

      test("10,000 rows by one UNWIND, back in order", async () => {
        const batch = newId();
        const rows = Array.from({ length: 10_000 }, (_, n) => ({ id: `${batch}-${n}`, batch, n: (n * 7919) % 10_000 }));
        await graph.write((tx) => tx.run("UNWIND $rows AS row CREATE (n:ContractNode) SET n += row", { rows }));
        const found = await graph.query(
          "MATCH (n:ContractNode {batch: $batch}) RETURN n.n AS n ORDER BY n DESC SKIP $skip LIMIT $limit",
          {
            batch,
            skip: 10,
            limit: 3,
          },
        );
        expect(found).toEqual([{ n: 9989 }, { n: 9988 }, { n: 9987 }]);
      });
    });

    describe("refused values", () => {
      const set = "MATCH (n:ContractNode {id: 'none'}) SET n += $properties";
      const rows = "UNWIND $rows AS row MERGE (n:ContractNode {id: row.id}) SET n.value = row.value";
      const unwelcome = (parameters: unknown): GraphParameters => Object(parameters);

      test.each<[string, string, GraphParameters, string]>([
        ["a Date", set, unwelcome({ properties: { at: new Date() } }), "$properties.at is a Date"],
        ["undefined", set, unwelcome({ properties: { at: undefined } }), "$properties.at is undefined"],
        ["undefined itself", "RETURN $x AS x", unwelcome({ x: undefined }), "$x is undefined"],
        [
          "NaN",
          rows,
          {
            rows: [
              { id: "a", value: 1 },
              { id: "b", value: Number.NaN },
            ],
          },
          "$rows[1].value is not a finite number",
        ],
        ["infinity", "RETURN $x AS x", { x: [Number.NEGATIVE_INFINITY] }, "$x[0] is not a finite number"],
        ["an integer that loses digits", "RETURN $x AS x", { x: 2 ** 53 }, "$x is an integer beyond 2^53"],
        ["a bigint", "RETURN $x AS x", unwelcome({ x: 1n }), "$x is a bigint"],
        ["a function", "RETURN $x AS x", unwelcome({ x: () => 1 }), "$x is a function"],
        ["a Map", "RETURN $x AS x", unwelcome({ x: new Map() }), "$x is a class instance"],
        ["endless nesting", "RETURN $x AS x", endless(), "is nested more than"],
        ["a lost key", "RETURN $x AS x", { x: JSON.parse('{"__proto__": 1}') }, "$x.__proto__ has a name"],
        ["a map as a property", "CREATE (n:ContractNode {id: $id})", { id: { a: 1 } }, "$id is a map, and stored"],
        ["a map by SET", "MATCH (n:ContractNode) SET n.x = $x", { x: { a: 1 } }, "$x is a map, and stored"],
        ["a map among properties", set, { properties: { a: 1, b: { c: 1 } } }, "$properties.b is a map, and stored"],
        ["a map in a row", rows, { rows: [{ id: "a", value: {} }] }, "$rows[0].value is a map, and stored"],
        [
          "a map in a whole row",
          "UNWIND $rows AS row CREATE (n:ContractNode) SET n = row",
          { rows: [{ a: {} }] },
          "$rows[0].a is a map",
        ],
        ["a map in CREATE's map", "CREATE (n:ContractNode $all)", { all: { a: {} } }, "$all.a is a map"],
        ["a list of lists", set, { properties: { a: [["b"]] } }, "$properties.a is a list of maps or lists"],
        ["a list with null", set, { properties: { a: ["b", null] } }, "$properties.a is a list with null"],
        ["a mixed list", set, { properties: { a: ["b", 1] } }, "$properties.a is a list of mixed kinds"],
        [
          "MERGE on null",
          "MERGE (n:ContractNode {id: $id}) ON CREATE SET n.x = 1",
          { id: null },
          "$id is null, and is a key of MERGE",
        ],
        [
          "MERGE on a row's null",
          rows,
          { rows: [{ id: null, value: 1 }] },
          "$rows[0].id is null, and is a key of MERGE",
        ],
        ["MERGE on a row's missing key", rows, { rows: [{ value: 1 }] }, "$rows[0].id is missing"],
      ])("%s, by its path", async (_name, cypher, parameters, text) => {
        const refused = graph.write((tx) => tx.run(cypher, parameters));
        await expect(refused).rejects.toThrow(PermanentError);
        await expect(refused).rejects.toThrow(text);
      });

      test.each<[string, string, GraphParameters]>([
        ["null beside the key", "MERGE (n:ContractNode {id: $id}) SET n.x = $x", { id: "ok", x: null }],
        [
          "a map of a row for SET",
          "UNWIND $rows AS row MERGE (n:ContractNode {id: row.id}) SET n += row.more",
          { rows: [{ id: "ok", more: { a: 1 } }] },
        ],
        [
          "rows in rows",
          "UNWIND $rows AS row UNWIND row.ids AS id MERGE (n:ContractNode {id: id})",
          { rows: [{ ids: ["ok"] }] },
        ],
        [
          "a mixed list to look in",
          "MATCH (n:ContractNode) WHERE n.id IN $any RETURN n.id AS id LIMIT 1",
          { any: ["a", 1, null] },
        ],
      ])("but not %s", async (_name, cypher, parameters) => {
        const marked: unknown = JSON.parse(JSON.stringify(parameters).replaceAll('"ok"', `"${newId()}"`));
        await graph.write((tx) => tx.run(cypher, unwelcome(marked)));
      });
    });

    describe("transactions", () => {
      test("a function that throws leaves nothing behind, and its error passes unchanged", async () => {
        const id = newId();
        const error = new UserError("not-ready", "no", "write more");
        const failed = graph.write(async (tx) => {
          await tx.run("CREATE (n:ContractNode {id: $id})", { id });
          throw error;
        });
        await expect(failed).rejects.toBe(error);
        expect(await load(id)).toBeUndefined();
      });

      test("a statement that fails spoils its transaction, even if the work goes on", async () => {
        const id = newId();
        const failed = graph.write(async (tx) => {
          await tx.run("CREATE (n:ContractNode {id: $id})", { id });
          await tx.run("RETURN nonsense(1) AS x").catch(() => undefined);
          return "fine";
        });
        await expect(failed).rejects.toThrow(PermanentError);
        expect(await load(id)).toBeUndefined();
      });

      test("a transaction sees its own writes and gives the work's result", async () => {
        const id = newId();
        const seen = await graph.write(async (tx) => {
          await tx.run("CREATE (n:ContractNode {id: $id})", { id });
          return tx.run("MATCH (n:ContractNode {id: $id}) RETURN n.id AS id", { id });
        });
        expect(seen).toEqual([{ id }]);
      });

      test("statements that are not awaited belong to the transaction", async () => {
        const ids = [newId(), newId(), newId()];
        await graph.write(async (tx) => {
          for (const id of ids) void tx.run("CREATE (n:ContractNode {id: $id})", { id });
        });
        for (const id of ids) expect(await load(id)).toEqual({ id });
      });

      test("a transaction is of no use after its end", async () => {
        const [kept] = await graph.write(async (tx) => [tx]);
        await expect(kept?.run("RETURN 1 AS x")).rejects.toThrow("The transaction is over");
      });

      test("one statement is a transaction of its own: exactly one of 50 that hold the same condition writes", async () => {
        const id = await create();
        // The lock first, as every save takes it: the condition is looked at again once the other one is through.
        const change = `MATCH (n:ContractNode {id: $id}) SET n._lock = true REMOVE n._lock
          WITH n WHERE n.version = 1 SET n.version = 2, n.writer = $writer RETURN n.writer AS writer`;
        const rows = await Promise.all(
          Array.from({ length: 50 }, (_, writer) => graph.writeOne(change, { id, writer })),
        );
        const won = rows.filter((found) => found.length > 0);
        expect(won).toHaveLength(1);
        expect(await load(id)).toEqual({ id, version: 2, writer: won[0]?.[0]?.["writer"] });
      });

      test("one statement that fails leaves nothing behind", async () => {
        const [taken, free] = [await create(), newId()];
        const two = "CREATE (:ContractNode {id: $free}) CREATE (:ContractNode {id: $taken})";
        await expect(graph.writeOne(two, { free, taken })).rejects.toThrow(PermanentError);
        expect(await load(free)).toBeUndefined();
      });

      test("statements of a read may be asked for together", async () => {
        const ids = [await create({ n: 1 }), await create({ n: 2 }), await create({ n: 3 })];
        const rows = await graph.read((tx) =>
          Promise.all(ids.map((id) => tx.run("MATCH (n:ContractNode {id: $id}) RETURN n.n AS n", { id }))),
        );
        expect(rows).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
      });

      test("a read cannot write", async () => {
        const id = newId();
        const write = "CREATE (n:ContractNode {id: $id})";
        await expect(graph.read((tx) => tx.run(write, { id }))).rejects.toThrow(PermanentError);
        await expect(graph.query(write, { id })).rejects.toThrow(PermanentError);
        expect(await load(id)).toBeUndefined();
      });

      test("a second node with a unique value is refused for good", async () => {
        const id = await create();
        await expect(graph.write((tx) => tx.run("CREATE (n:ContractNode {id: $id})", { id }))).rejects.toThrow(
          PermanentError,
        );
      });
    });

    describe("faults of a query", () => {
      test.each([
        ["unknown Cypher", "MATCHX (n) RETURN n"],
        ["an unknown function", "RETURN nonsense(1) AS x"],
        ["a missing parameter", "RETURN $nowhere AS x"],
        ["a node as a result", "MERGE (n:ContractNode {id: 'RESULT'}) RETURN n"],
        ["nodes in a list as a result", "MERGE (n:ContractNode {id: 'RESULT'}) RETURN collect(n) AS nodes"],
      ])("%s is a PermanentError", async (_name, cypher) => {
        await expect(graph.write((tx) => tx.run(cypher.replace("RESULT", newId())))).rejects.toThrow(PermanentError);
      });
    });

    describe("schema", () => {
      const schema = {
        name: `contract-${mark}`,
        version: 2,
        entries: [
          { label: "ContractUnique", property: "id", unique: true },
          { label: "ContractUnique", property: "colour", unique: false },
        ],
      };

      afterAll(async () => {
        await graph.write((tx) => tx.run("MATCH (s:Schema {id: $id}) DELETE s", { id: schema.name }));
      });

      test("is set up once by two at a time, and again without a change", async () => {
        await Promise.all([ensureSchema(graph, schema), ensureSchema(graph, schema)]);
        await ensureSchema(graph, schema);
        const stored = await graph.query("MATCH (s:Schema {id: $id}) RETURN s.version AS v", { id: schema.name });
        expect(stored).toEqual([{ v: 2 }]);
      });

      test("of a newer fleet is refused", async () => {
        await expect(ensureSchema(graph, { ...schema, version: 1 })).rejects.toThrow(ConfigurationError);
      });

      test("of an older fleet is raised", async () => {
        const more = [...schema.entries, { label: "ContractUnique", property: "shape", unique: false }];
        await ensureSchema(graph, { ...schema, version: 3, entries: more });
        const stored = await graph.query("MATCH (s:Schema {id: $id}) RETURN s.version AS v", { id: schema.name });
        expect(stored).toEqual([{ v: 3 }]);
      });
    });

    describe("life", () => {
      test("answers a ping", async () => {
        await graph.ping();
      });

      test("closes once, waits for what runs, and then says so", async () => {
        const other = await open();
        const id = newId();
        const write = other.write(async (tx) => {
          await tx.run("MERGE (n:ContractNode {id: $id})", { id });
          return "done";
        });
        const closed = other.close();
        expect(await write).toBe("done");
        await closed;
        await other.close();
        await expect(other.query("RETURN 1 AS x")).rejects.toThrow("The graph is closed.");
        await expect(other.write((tx) => tx.run("RETURN 1 AS x"))).rejects.toThrow(RetryableError);
        await expect(other.ping()).rejects.toThrow("The graph is closed.");
      });
    });
  });
}

function endless(): GraphParameters {
  const x: Record<string, GraphParameters[string]> = {};
  x["x"] = x;
  return { x };
}
