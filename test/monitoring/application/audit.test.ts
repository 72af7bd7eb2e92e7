import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEvent } from "../../../src/kernel/new-event.ts";
import { appendAudit, auditDenials, createRecordAccesses } from "../../../src/monitoring/application/append-audit.ts";
import { findAudit, verifyAudit, verifyLog } from "../../../src/monitoring/application/verify-audit.ts";
import { type AuditRecord, chained, emptyChain, hashOf } from "../../../src/monitoring/domain/audit-record.ts";
import { graphAuditLog } from "../../../src/monitoring/infrastructure/graph-audit-log.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";

const engines = [
  { name: "the embedded graph", open: () => openEmbeddedGraph(), missing: false },
  { name: `Neo4j${whyNoNeo4j}`, open: connectTestNeo4j, missing: testNeo4jUri === undefined },
];

const denied = {
  at: "2026-03-01T12:00:00.000Z",
  repository: 100,
  story: "100-12",
  task: null,
  principal: "human:7",
  name: "@rita",
  role: null,
  action: "approve-scope",
  outcome: "denied",
  detail: "role-missing in po-review: “approve-scope” is for product-owner.",
} as const;

describe.each(engines.filter(({ missing }) => !missing))("the audit log on $name", ({ open }) => {
  const installations: number[] = [];
  const deps = { log: graphAuditLog, redact: (text: string) => text.replace("hunter2", "[redacted]") };
  let graph: SchemaGraph;

  beforeAll(async () => {
    graph = await open();
    await ensureSchema(graph);
  });

  afterAll(async () => {
    await graph.write(async (tx) => {
      await tx.run("MATCH (r:AuditRecord) WHERE r.installation IN $installations DELETE r", { installations });
      await tx.run("MATCH (c:AuditChain) WHERE c.id IN $ids DELETE c", { ids: installations.map(String) });
    });
    await graph.close();
  });

  /** A log of its own with so many records. */
  async function aLog(records: number): Promise<number> {
    const installation = randomInt(1_000_000, 1_000_000_000);
    installations.push(installation);
    await graph.write((tx) => appendAudit(deps, tx, installation, Array(records).fill(denied)));
    return installation;
  }

  const run = (cypher: string, parameters: Record<string, string | number>) =>
    graph.write((tx) => tx.run(cypher, parameters));
  const faultOf = async (installation: number) => (await verified(installation)).fault;
  const verified = (installation: number) => verifyLog({ graph, log: graphAuditLog }, installation);

  test("has no gap and no branch when 50 write at once", async () => {
    const installation = await aLog(0);
    await Promise.all(
      Array.from({ length: 50 }, () => graph.write((tx) => appendAudit(deps, tx, installation, [denied]))),
    );
    expect(await verified(installation)).toMatchObject({ records: 50, fault: null });
  });

  test("is followed over any number of records, and over those that are added meanwhile", async () => {
    expect(await verified(await aLog(2_001))).toMatchObject({ records: 2_001, fault: null });
    const installation = await aLog(1);
    let left = 2;
    const read: typeof graph.read = async (work) => {
      const answer = await graph.read(work);
      if (left > 0) await graph.write((tx) => appendAudit(deps, tx, installation, [denied]));
      left -= 1;
      return answer;
    };
    const busy = { graph: { ...graph, read }, log: graphAuditLog };
    expect(await verifyLog(busy, installation)).toMatchObject({ records: 3, fault: null });
  });

  test("holds nothing of a transaction that fails", async () => {
    const installation = await aLog(2);
    const failed = graph.write(async (tx) => {
      await appendAudit(deps, tx, installation, [denied]);
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await verified(installation)).toMatchObject({ records: 2, fault: null });
  });

  test.each([
    ["a word", "SET r.detail = 'nothing'", { sequence: 3, what: "changed" }],
    ["who it was", "SET r.principal = 'human:8'", { sequence: 3, what: "changed" }],
    ["the name", "SET r.name = '@otto'", { sequence: 3, what: "changed" }],
    ["the role", "SET r.role = 'qa'", { sequence: 3, what: "changed" }],
    ["the action", "SET r.action = 'reject-scope'", { sequence: 3, what: "changed" }],
    ["the outcome", "SET r.outcome = 'allowed'", { sequence: 3, what: "changed" }],
    ["the time", "SET r.at = '2026-03-01T12:00:01.000Z'", { sequence: 3, what: "changed" }],
    ["the repository", "SET r.repository = 101", { sequence: 3, what: "changed" }],
    ["the story", "SET r.story = '100-13'", { sequence: 3, what: "changed" }],
    ["the task", "SET r.task = '100-12-p1-t1'", { sequence: 3, what: "changed" }],
    ["its id", "SET r.id = r.id + '-x'", { sequence: 3, what: "changed" }],
    ["the hash before it", "SET r.previous = r.hash", { sequence: 3, what: "changed" }],
    ["its hash", "SET r.hash = r.previous", { sequence: 3, what: "changed" }],
    ["a property that is none", "SET r.also = 1", { sequence: 3, what: "changed" }],
    ["a property that is gone", "REMOVE r.action", { sequence: 3, what: "changed" }],
    ["its place", "REMOVE r.sequence", { sequence: 3, what: "removed" }],
    ["its installation", "SET r.installation = 'x'", { sequence: 3, what: "removed" }],
    ["all of it", "DELETE r", { sequence: 3, what: "removed" }],
  ])("shows when somebody changed %s", async (_, change, fault) => {
    const installation = await aLog(5);
    await run(`MATCH (r:AuditRecord {id: $id}) ${change}`, { id: `${installation}-3` });
    expect(await faultOf(installation)).toEqual(fault);
  });

  test.each([
    ["no place", "REMOVE r.sequence", 6, 0],
    ["a word for its place", "SET r.sequence = '3'", 6, 0],
    ["no number for its place", "SET r.sequence = 0.0 / 0.0", 6, 0],
    ["a place before the first", "SET r.sequence = -1", -1, 1],
    ["a place between two", "SET r.sequence = 2.5", 3, 0],
  ])("shows one that was put in with %s, and lists what is like a record", async (_, change, sequence, listed) => {
    const installation = await aLog(5);
    const story = `${installation}-1`;
    const record = { ...recordOf(installation, 3, "0"), id: `${installation}-x`, story };
    await graph.write((tx) => tx.run(`CREATE (r:AuditRecord) SET r += $record ${change}`, { record }));
    expect(await faultOf(installation)).toMatchObject({ sequence });
    expect(await findAudit({ graph, log: graphAuditLog }, { story, limit: 9 })).toHaveLength(listed);
  });

  test.each([
    ["no", "REMOVE r.installation"],
    ["a word for its", "SET r.installation = '12'"],
    ["a fraction for its", "SET r.installation = 1.5"],
    ["a truth for its", "SET r.installation = true"],
  ])("shows one that was put in with %s installation", async (_, change) => {
    const installation = await aLog(1);
    const record = { ...recordOf(installation, 1, "0"), id: `${installation}-x` };
    await graph.write((tx) => tx.run(`CREATE (r:AuditRecord) SET r += $record ${change}`, { record }));
    const all = await verifyAudit({ graph, log: graphAuditLog });
    const { id } = record;
    await run("MATCH (r:AuditRecord {id: $id}) DELETE r", { id });
    expect(all.find((each) => each.installation === 0)?.fault).toEqual({ sequence: 1, what: "inserted" });
    expect(all.find((each) => each.installation === installation)?.fault).toBeNull();
  });

  test("keeps a text as the store does, whatever it is made of", async () => {
    const installation = await aLog(0);
    const details = [`${"a".repeat(299)}\u{1f600}`, "half \ud83d of one", "\u001b[2J\u0000", "e\u0301 \ufeff \u202e"];
    await graph.write((tx) =>
      appendAudit(
        deps,
        tx,
        installation,
        details.map((detail) => ({ ...denied, story: `${installation}-1`, detail })),
      ),
    );
    expect(await verified(installation)).toMatchObject({ records: 4, fault: null });
    const found = await findAudit({ graph, log: graphAuditLog }, { story: `${installation}-1`, limit: 9 });
    expect(found.map(({ detail }) => detail).reverse()).toEqual([
      `${"a".repeat(299)}\ufffd`,
      "half \ufffd of one",
      "\ufffd[2J\ufffd",
      "e\u0301 \ufeff \u202e".replace(/\s+/g, " "),
    ]);
  });

  test("shows two that changed places", async () => {
    const installation = await aLog(5);
    await run(
      `MATCH (a:AuditRecord {id: $a}) MATCH (b:AuditRecord {id: $b})
       SET a.sequence = 3, b.sequence = 2`,
      { a: `${installation}-2`, b: `${installation}-3` },
    );
    expect(await faultOf(installation)).toEqual({ sequence: 2, what: "changed" });
  });

  test("shows a record whose hash was made to fit, by the one after it or by the head", async () => {
    for (const sequence of [3, 5]) {
      const installation = await aLog(5);
      const [row] = await graph.query("MATCH (r:AuditRecord {id: $id}) RETURN r.previous AS previous", {
        id: `${installation}-${sequence}`,
      });
      const forged = { ...recordOf(installation, sequence, String(row?.["previous"])), detail: "nothing" };
      const { detail } = forged;
      await run("MATCH (r:AuditRecord {id: $id}) SET r.detail = $detail, r.hash = $hash", {
        id: forged.id,
        detail,
        hash: hashOf(forged),
      });
      expect(await faultOf(installation)).toEqual({ sequence, what: "changed" });
    }
  });

  test("shows a record that was made to fit with the next one, which names it", async () => {
    const installation = await aLog(5);
    const [row] = await graph.query("MATCH (r:AuditRecord {id: $id}) RETURN r.previous AS previous", {
      id: `${installation}-3`,
    });
    const forged = { ...recordOf(installation, 3, String(row?.["previous"])), detail: "nothing" };
    const hash = hashOf(forged);
    await run("MATCH (r:AuditRecord {id: $id}) SET r.detail = 'nothing', r.hash = $hash", { id: forged.id, hash });
    await run("MATCH (r:AuditRecord {id: $id}) SET r.previous = $hash", { id: `${installation}-4`, hash });
    expect(await faultOf(installation)).toEqual({ sequence: 4, what: "changed" });
  });

  test("shows a log of which nothing but its head is left", async () => {
    const installation = await aLog(2);
    await run("MATCH (r:AuditRecord {installation: $installation}) DELETE r", { installation });
    const all = await verifyAudit({ graph, log: graphAuditLog });
    expect(all.find((each) => each.installation === installation)?.fault).toEqual({ sequence: 1, what: "removed" });
  });

  test("shows a log that was written anew as a whole, or is gone, by what was kept of it", async () => {
    const [installation, gone] = [await aLog(3), await aLog(2)];
    const kept = [await verified(installation), await verified(gone)];
    await graph.write((tx) => appendAudit(deps, tx, installation, [denied]));
    const faults = async () => {
      const all = await verifyAudit({ graph, log: graphAuditLog }, kept);
      return [installation, gone].map((one) => all.find((each) => each.installation === one)?.fault);
    };
    expect(await faults()).toEqual([null, null]);
    for (const one of [installation, gone]) {
      await run("MATCH (r:AuditRecord {installation: $one}) DELETE r", { one });
      await run("MATCH (c:AuditChain {id: $one}) DELETE c", { one: `${one}` });
    }
    await graph.write((tx) => appendAudit(deps, tx, installation, Array(5).fill({ ...denied, detail: "nothing" })));
    expect(await faultOf(installation), "it fits itself").toBeNull();
    expect(await faults()).toEqual([
      { sequence: 3, what: "rewritten" },
      { sequence: 2, what: "rewritten" },
    ]);
  });

  test("shows a log that does not begin at its beginning", async () => {
    const installation = await aLog(2);
    const { id, ...first } = recordOf(installation, 1, "f".repeat(64));
    await graph.write((tx) => tx.run("MATCH (r:AuditRecord {id: $id}) SET r += $first", { id, first }));
    expect(await faultOf(installation)).toEqual({ sequence: 1, what: "changed" });
  });

  test("shows what was cut off at its end, and what was put in", async () => {
    const cut = await aLog(5);
    await run("MATCH (r:AuditRecord {id: $id}) DELETE r", { id: `${cut}-5` });
    expect(await faultOf(cut)).toEqual({ sequence: 5, what: "removed" });
    for (const [sequence, named] of [
      [6, 6],
      [3, 3],
      [0, 0],
    ] as const) {
      const installation = await aLog(5);
      const [end] = await graph.query("MATCH (c:AuditChain {id: $id}) RETURN c.hash AS hash", {
        id: `${installation}`,
      });
      const record = recordOf(installation, sequence, String(end?.["hash"]));
      await graph.write((tx) =>
        tx.run("CREATE (r:AuditRecord) SET r += $record", { record: { ...record, id: `${installation}-x` } }),
      );
      expect(await faultOf(installation)).toMatchObject({ sequence: named });
    }
    const all = await verifyAudit({ graph, log: graphAuditLog });
    expect(all.find(({ installation }) => installation === cut)?.fault).toEqual({ sequence: 5, what: "removed" });
    const headless = await aLog(2);
    await run("MATCH (c:AuditChain {id: $id}) DELETE c", { id: `${headless}` });
    expect(await faultOf(headless)).toEqual({ sequence: 1, what: "inserted" });
  });

  test("records denials with their events, and accesses to data, without a secret", async () => {
    const installation = await aLog(0);
    const subject = { installation, repository: 100, story: `${installation}-1`, task: `${installation}-1-p1-t1` };
    const payload = {
      principal: { kind: "agent", role: "qa", number: 2 },
      action: "write",
      state: "drafting",
      reason: "role-missing",
      text: "src/a.ts: password hunter2",
      deliveryId: null,
    } as const;
    const context = { id: "e", now: Date.parse(denied.at), producer: "test", correlationId: "c", causationId: null };
    const event = createEvent({ type: "access.denied", payload }, { ...context, subject });
    const elsewhere = { ...subject, installation: await aLog(0), story: null };
    const events = [
      event,
      createEvent({ type: "access.denied", payload }, { ...context, subject: elsewhere }),
      createEvent(
        { type: "planning.story.created", payload: { title: "A story", bodyHash: "b" } },
        { ...context, subject },
      ),
    ];
    await graph.write((tx) => auditDenials(deps, tx, events));
    expect(await verified(elsewhere.installation)).toMatchObject({ records: 1, fault: null });
    const record = createRecordAccesses({ ...deps, clock: () => Date.parse(denied.at) + 1 }, subject);
    const access = { purpose: "context of a task", entity: "task", shape: "id, title", rows: 1, columns: 2 } as const;
    const who = { principal: payload.principal, role: "qa", outcome: "allowed", reason: null } as const;
    await graph.write((tx) => record(tx, [{ ...access, ...who }]));
    const found = await findAudit({ graph, log: graphAuditLog }, { story: subject.story, limit: 10 });
    expect(found).toMatchObject([
      { action: "read task", outcome: "allowed", detail: "context of a task: id, title; 1 rows, 2 columns" },
      {
        principal: "agent:qa:2",
        role: "qa",
        action: "write",
        outcome: "denied",
        detail: "role-missing in drafting: src/a.ts: password [redacted]",
      },
    ]);
    const by = { principal: "agent:qa:2", story: subject.story } as const;
    expect(await findAudit({ graph, log: graphAuditLog }, { ...by, limit: 1 })).toHaveLength(1);
    expect(await findAudit({ graph, log: graphAuditLog }, { ...by, principal: "@rita", limit: 1 })).toEqual([]);
    expect(await verified(installation)).toMatchObject({ records: 2, fault: null });
  });

  function recordOf(installation: number, sequence: number, previous: string): AuditRecord {
    return chained({ ...emptyChain, sequence: sequence - 1, hash: previous }, { ...denied, installation });
  }
});
