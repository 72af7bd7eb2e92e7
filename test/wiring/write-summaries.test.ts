import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KnowledgeDeps } from "../../src/context/application/knowledge-ports.ts";
import type { WriteSummaryDeps } from "../../src/context/application/write-summary.ts";
import { endsChapter } from "../../src/context/domain/summary.ts";
import { contextSubscriber } from "../../src/context/infrastructure/context-subscriber.ts";
import { graphKnowledge } from "../../src/context/infrastructure/graph-knowledge.ts";
import { summaryQueue } from "../../src/context/infrastructure/summary-queue.ts";
import { createNewId, storyId } from "../../src/kernel/ids.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";
import { appendEvents } from "../../src/platform/outbox/append-events.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";
import { openQueues } from "../../src/platform/queue/open-queues.ts";
import type { QueueEngine } from "../../src/platform/queue/queue-engine.ts";
import { createSummaries } from "../../src/wiring/write-summaries.ts";
import { aLog, writeLog } from "../context/a-log.ts";
import { silent } from "../deliberation/council-of.ts";

const log = aLog(100);
const story = storyId(100, 12);
const chapters = log.filter(endsChapter);

let directory = "";
let graph: SchemaGraph;
let queues: QueueEngine;
let knowing: KnowledgeDeps;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-summaries-"));
  queues = await openQueues({ valkeyUrl: undefined, dataDir: directory, logger: silent });
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  knowing = { graph, knowledge: graphKnowledge, readEvents };
  await writeLog(graph, log);
});
afterAll(async () => {
  await queues.close(1_000);
  await graph.close();
  await rm(directory, { recursive: true, force: true });
});

const asked: string[] = [];
const deps = (): WriteSummaryDeps => ({
  ...knowing,
  async ask({ upTo }) {
    asked.push(upTo);
    const text = "The first change was rejected because a constant had no name; the second one holds for guests.";
    return { kind: "answer", text, model: "m" };
  },
  events: appendEvents,
  newId: createNewId(Date.now),
  clock: Date.now,
  recordAccesses: async () => undefined,
  committed: () => undefined,
});
const summary = () => graph.read((tx) => graphKnowledge.summaryOf(tx, story));

it("summaries are left to the template, unless a model is to write them, and then each is asked for once", async () => {
  const off = createSummaries(false, queues, deps(), silent);
  off.start();
  const leaving = contextSubscriber(knowing, off.projected);
  for (const event of log) await leaving.handle(event);
  expect(await summary()).toMatchObject({ by: "template", upTo: chapters.at(-1)?.id });

  const on = createSummaries(true, queues, deps(), silent);
  const subscriber = contextSubscriber(knowing, on.projected);
  for (const event of [...log, ...chapters]) await subscriber.handle(event);
  const waiting = await queues.queue(summaryQueue).getJobCounts("waiting");
  expect(waiting).toEqual({ waiting: chapters.length });
  on.start();
  await expect.poll(async () => (await summary())?.by, { timeout: 20_000 }).toBe("model");
  expect(asked).toEqual([chapters.at(-1)?.id]);
});
