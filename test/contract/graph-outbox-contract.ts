import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { PermanentError } from "../../src/kernel/errors.ts";
import type { FleetEvent } from "../../src/kernel/event.ts";
import { createNewId } from "../../src/kernel/ids.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";
import { appendEvents } from "../../src/platform/outbox/append-events.ts";
import { once } from "../../src/platform/outbox/once.ts";
import { createOutboxRelay, type OutboxJob, type OutboxRelayOptions } from "../../src/platform/outbox/outbox-relay.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";

/** What outbox, relay, log and inbox must do on every engine. The store may be shared: stories are this run's own. */
export function outboxContract(name: string, open: () => Promise<SchemaGraph>): void {
  describe(`the outbox on ${name}`, () => {
    const story = randomUUID();
    const newId = createNewId(Date.now);
    let graph: SchemaGraph;

    beforeAll(async () => {
      graph = await open();
      await ensureSchema(graph);
    });
    afterEach(() => graph.write((tx) => tx.run("MATCH (e:Event {story: $story}) DETACH DELETE e", { story })));
    afterAll(async () => {
      await graph.write((tx) => tx.run("MATCH (i:Inbox) WHERE i.id STARTS WITH $story DELETE i", { story }));
      await graph.close();
    });

    const envelope = () => ({
      id: newId(),
      version: 1 as const,
      occurredAt: "2026-01-02T03:04:05.678Z",
      producer: "test",
      correlationId: "delivery-1",
      causationId: null,
      subject: { installation: 1, repository: 4_294_967_296, story, task: null },
    });
    const created = (title: string): FleetEvent<"planning.story.created"> => ({
      ...envelope(),
      type: "planning.story.created",
      payload: { title, bodyHash: "h" },
    });
    const started = (): FleetEvent<"deliberation.started"> => ({
      ...envelope(),
      type: "deliberation.started",
      causationId: "cause",
      payload: { deliberationId: "d", kind: "plan", round: 1 },
    });
    const append = (...events: FleetEvent[]) => graph.write((tx) => appendEvents(tx, events));
    const pending = async () => {
      const rows = await graph.query("MATCH (e:Outbox {story: $story}) RETURN e.id AS id ORDER BY id", { story });
      return rows.map((row) => row["id"]);
    };
    const read = (filter = {}) => graph.read((tx) => readEvents(tx, { story, ...filter }));
    const idsOf = (events: readonly FleetEvent[]) => events.map((event) => event.id);

    /** A relay whose queues are lists; other suites' events are left out of them. */
    function recordingRelay(options: Partial<OutboxRelayOptions> = {}) {
      const queues: Record<string, OutboxJob[]> = { planning: [], workflow: [] };
      const logged: object[] = [];
      const log = (fields: object) => void logged.push(fields);
      const relay = createOutboxRelay({
        graph,
        subscribers: [
          { queue: "planning", types: ["planning.story.created", "deliberation.started"] },
          { queue: "workflow", types: ["deliberation.started"] },
        ],
        publish: async (queue, jobs) => {
          queues[queue]?.push(...jobs.filter(({ event }) => event.subject.story === story));
        },
        logger: { warn: log, error: log },
        pollMs: 60_000,
        ...options,
      });
      return { relay, queues, logged };
    }

    test("events come back as they were written, in order", async () => {
      const events = [created("Grüße \u0000 'x' \" \\"), started(), created("x".repeat(1 << 20))];
      await append(...events);
      expect(await read()).toEqual(events);
      expect(await pending()).toEqual(idsOf(events));
    });

    test("the log reads on after an id, by type, by repository, and by pages", async () => {
      const [a, b, c] = [created("a"), started(), created("c")] as const;
      await append(a, b, c);
      expect(idsOf(await read({ after: a.id }))).toEqual([b.id, c.id]);
      expect(idsOf(await read({ types: ["planning.story.created"] }))).toEqual([a.id, c.id]);
      expect(idsOf(await read({ limit: 2 }))).toEqual([a.id, b.id]);
      expect(idsOf(await read({ repository: 4_294_967_296, after: b.id }))).toEqual([c.id]);
      expect(await read({ repository: 1 })).toEqual([]);
    });

    test("a transaction that fails leaves no event and no state", async () => {
      const failed = graph.write(async (tx) => {
        await tx.run("CREATE (i:Inbox {id: $id})", { id: `${story}-state` });
        await appendEvents(tx, [created("never")]);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(await read()).toEqual([]);
      expect(await graph.query("MATCH (i:Inbox {id: $id}) RETURN i.id AS id", { id: `${story}-state` })).toEqual([]);
    });

    test("an event that does not fit its type, or is there already, is refused with its transaction", async () => {
      const event = created("fits");
      const crooked = { ...created("x"), payload: { title: 7, bodyHash: "secret" } };
      await expect(graph.write((tx) => appendEvents(tx, [event, Object(crooked)]))).rejects.toThrow(
        /does not fit: title\.$/,
      );
      expect(await read()).toEqual([]);
      await append(event);
      await expect(append(event)).rejects.toThrow(PermanentError);
      await append();
      expect(await read()).toEqual([event]);
    });

    test("the relay publishes each event to its subscribers, in order, and marks it", async () => {
      const events = Array.from({ length: 530 }, (_, n) => (n % 2 === 0 ? created(`${n}`) : started()));
      await append(...events);
      const { relay, queues } = recordingRelay();
      expect(await relay.drain()).toBeGreaterThanOrEqual(530);
      expect(queues["planning"]?.map(({ event }) => event)).toEqual(events);
      expect(queues["workflow"]?.map(({ event }) => event.type)).toEqual(Array(265).fill("deliberation.started"));
      expect(queues["workflow"]?.map(({ id }) => id)[0]).toBe(`event-${events[1]?.id}`);
      expect(await pending()).toEqual([]);
      expect(await read({ limit: 1000 })).toHaveLength(530);
      await relay.drain();
      expect(queues["planning"]).toHaveLength(530);
      await relay.close();
    });

    test("a queue that fails keeps the events pending, and the next pass sends them again", async () => {
      const event = started();
      await append(event);
      let broken = true;
      const sent: string[] = [];
      const { relay } = recordingRelay({
        publish: async (queue, jobs) => {
          if (broken && queue === "workflow") throw new Error("queue away");
          sent.push(...jobs.filter((job) => job.event.id === event.id).map((job) => `${queue} ${job.id}`));
        },
      });
      await expect(relay.drain()).rejects.toThrow("queue away");
      expect(await pending()).toEqual([event.id]);
      broken = false;
      await relay.drain();
      expect(sent.sort()).toEqual([
        `planning event-${event.id}`,
        `planning event-${event.id}`,
        `workflow event-${event.id}`,
      ]);
      expect(await pending()).toEqual([]);
      await relay.close();
    });

    test("a started relay publishes on a wake and on a poll, and stops at its close", async () => {
      const { relay, queues } = recordingRelay();
      await append(created("before the start"));
      relay.start();
      await expect.poll(() => queues["planning"]?.length).toBe(1);
      await append(created("woken"));
      relay.wake();
      await expect.poll(() => queues["planning"]?.length).toBe(2);
      await relay.close();
      const polling = recordingRelay({ pollMs: 10 });
      polling.relay.start();
      await append(created("polled"));
      await expect.poll(() => polling.queues["planning"]?.length).toBe(1);
      await polling.relay.close();
      await append(created("after the close"));
      polling.relay.wake();
      relay.start();
      expect(await pending()).toHaveLength(1);
    });

    test("a fault is logged without content, and the relay comes back by itself", async () => {
      const event = created("the secret title");
      await append(event);
      let attempts = 0;
      const sent: string[] = [];
      const { relay, logged } = recordingRelay({
        publish: async (_queue, jobs) => {
          attempts++;
          if (attempts <= 2) throw Object.assign(new Error("queue away"), { command: { args: jobs } });
          sent.push(...jobs.map((job) => job.event.id));
        },
      });
      relay.start();
      await expect.poll(() => sent, { timeout: 30_000 }).toContain(event.id);
      expect(logged).toEqual([
        { failures: 1, retryMs: 200, reason: "Error: queue away" },
        { failures: 2, retryMs: 400, reason: "Error: queue away" },
      ]);
      await relay.close();
    });

    test("an event that cannot be read stays, is reported once, and holds nothing up", async () => {
      const [a, odd, b] = [created("a"), created("odd"), created("b")];
      await append(a, odd, b);
      const setType = "MATCH (e:Event {id: $id}) SET e.type = 'from.the.future'";
      await graph.write((tx) => tx.run(setType, { id: odd.id }));
      const { relay, queues, logged } = recordingRelay();
      await relay.drain();
      await relay.drain();
      expect(queues["planning"]?.map(({ event }) => event.id)).toEqual([a.id, b.id]);
      expect(await pending()).toEqual([odd.id]);
      expect(logged.filter((fields) => JSON.stringify(fields).includes(odd.id))).toEqual([
        { eventId: odd.id, reason: "PermanentError: A stored event does not parse: type." },
      ]);
      await expect(read()).rejects.toThrow(PermanentError);
      await relay.close();
    });

    test("two relays at once lose nothing", async () => {
      const events = Array.from({ length: 400 }, (_, n) => created(`${n}`));
      await append(...events);
      const [first, second] = [recordingRelay(), recordingRelay()];
      await Promise.all([first.relay.drain(), second.relay.drain(), first.relay.drain()]);
      const sent = [...(first.queues["planning"] ?? []), ...(second.queues["planning"] ?? [])];
      expect(new Set(sent.map(({ event }) => event.id))).toEqual(new Set(idsOf(events)));
      expect(await pending()).toEqual([]);
      await Promise.all([first.relay.close(), second.relay.close()]);
    });

    test("a consumer sees an event once, each consumer for itself, and 20 at a time too", async () => {
      const seen = (consumer: string, id: string) => graph.write((tx) => once(tx, `${story}-${consumer}`, id));
      expect(await seen("a", "1")).toBe(true);
      expect(await seen("a", "1")).toBe(false);
      expect(await seen("b", "1")).toBe(true);
      expect(await seen("a", "2")).toBe(true);
      const answers = await Promise.all(Array.from({ length: 20 }, () => seen("a", "3")));
      expect(answers.filter(Boolean)).toHaveLength(1);
    });

    test("a consumer whose change fails sees the event again", async () => {
      const consumer = `${story}-failing`;
      const failed = graph.write(async (tx) => {
        await once(tx, consumer, "1");
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(await graph.write((tx) => once(tx, consumer, "1"))).toBe(true);
      const kept = await graph.query("MATCH (i:Inbox {id: $id}) RETURN i {.*} AS i", { id: `${consumer}/1` });
      expect(kept).toEqual([{ i: { id: `${consumer}/1` } }]);
    });
  });
}
