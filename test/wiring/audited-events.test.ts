import { expect, test } from "vitest";
import { createNewId } from "../../src/kernel/ids.ts";
import { createEvent } from "../../src/kernel/new-event.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import { auditedEvents } from "../../src/wiring/audited-events.ts";

test("a denial's event and its audit record are written together or not at all", async () => {
  const graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  const newId = createNewId(Date.now);
  const subject = { installation: 1, repository: 100, story: "100-12", task: null };
  const payload = {
    principal: { kind: "human", id: 7, login: "rita" },
    action: "approve-scope",
    state: "po-review",
    reason: "role-missing",
    text: "It is for product-owner; the token is ghp_abcdefghijklmnopqrstuvwxyz0123456789.",
    deliveryId: "d",
  } as const;
  const denied = () =>
    createEvent(
      { type: "access.denied", payload },
      { id: newId(), now: 0, producer: "planning", subject, correlationId: "d", causationId: null },
    );
  const failed = graph.write(async (tx) => {
    await auditedEvents(tx, [denied()]);
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  await graph.write((tx) => auditedEvents(tx, [denied(), denied()]));
  expect(await graph.query("MATCH (e:Event) RETURN count(e) AS events")).toEqual([{ events: 2 }]);
  const rows = await graph.query(
    "MATCH (r:AuditRecord) RETURN r.sequence AS sequence, r.detail AS detail ORDER BY sequence",
  );
  const detail = "role-missing in po-review: It is for product-owner; the token is [redacted: github-token].";
  expect(rows).toEqual([
    { sequence: 1, detail },
    { sequence: 2, detail },
  ]);
  await graph.close();
});
