import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KnowledgeDeps } from "../../../src/context/application/knowledge-ports.ts";
import { projectEvent } from "../../../src/context/application/project-event.ts";
import { rebuildGraph } from "../../../src/context/application/rebuild-graph.ts";
import {
  type ModelSaid,
  type SummaryAsked,
  type WriteSummaryDeps,
  writeSummary,
} from "../../../src/context/application/write-summary.ts";
import { endsChapter } from "../../../src/context/domain/summary.ts";
import { graphKnowledge } from "../../../src/context/infrastructure/graph-knowledge.ts";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { storyId } from "../../../src/kernel/ids.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { appendEvents } from "../../../src/platform/outbox/append-events.ts";
import { readEvents } from "../../../src/platform/outbox/read-events.ts";
import { aLog, graphOf, writeLog } from "../a-log.ts";

const repository = 100;
const log = aLog(repository);
const story = storyId(repository, 12);
const chapters = log.filter(endsChapter);
const answer = "The first change was rejected because a constant had no name; the second one holds for guests, too.";
const signal = new AbortController().signal;

let graph: SchemaGraph;
let knowing: KnowledgeDeps;
const events: FleetEvent[] = [];
const records: string[] = [];
let committed = 0;

beforeEach(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  knowing = { graph, knowledge: graphKnowledge, readEvents };
  await writeLog(graph, log);
  for (const event of log) await projectEvent(knowing, event);
  events.length = 0;
  records.length = 0;
  committed = 0;
});
afterEach(() => graph.close());

const askedFor = (event: FleetEvent | undefined): SummaryAsked => ({
  subject: { installation: 11, repository, story, task: null },
  upTo: event?.id ?? "",
  correlationId: event?.correlationId ?? "",
});
const last = askedFor(chapters.at(-1));

function deps(said: ModelSaid, meanwhile: () => Promise<unknown> = async () => {}): WriteSummaryDeps {
  return {
    ...knowing,
    async ask() {
      await meanwhile();
      return said;
    },
    async events(tx, added) {
      events.push(...added);
      await appendEvents(tx, added);
    },
    newId: () => `${chapters.at(-1)?.id}-z`,
    clock: () => Date.parse("2026-03-02T00:00:00.000Z"),
    async recordAccesses(_tx, { story: about }, kept) {
      records.push(...kept.map(({ purpose, entity, rows }) => `${about}, ${purpose}: ${rows} ${entity}`));
    },
    committed: () => {
      committed += 1;
    },
  };
}
const says: ModelSaid = { kind: "answer", text: answer, model: "m" };
const summary = () => graph.read((tx) => graphKnowledge.summaryOf(tx, story));

describe("a model's summary", () => {
  it("stands under the states and numbers of the events, and is an event itself", async () => {
    const before = await summary();
    expect(await writeSummary(deps(says), last, signal)).toEqual({ kind: "written", model: "m" });
    expect(await summary()).toMatchObject({ by: "model", model: "m", upTo: before?.upTo, at: before?.at });
    expect((await summary())?.text).toMatchInlineSnapshot(`
      "The story is in po-review since 2026-03-01T12:01Z. Plan 1 of 1 task, approved. Task 1 done. 1 council over, 0 without a result.
      The first change was rejected because a constant had no name; the second one holds for guests, too."
    `);
    expect(events).toMatchObject([
      {
        type: "context.updated",
        producer: "context",
        causationId: last.upTo,
        subject: { story },
        payload: { nodes: [story] },
      },
    ]);
    expect(committed).toBe(1);
    expect(records).toEqual([`${story}, a summary by a model: 1 summary`]);
  });

  it("is written once, and stays when the events come again or the graph is made anew", async () => {
    await writeSummary(deps(says), last, signal);
    expect(await writeSummary(deps(says), last, signal)).toEqual({ kind: "not-needed" });
    expect(events).toHaveLength(1);
    const written = await graphOf(graph, repository);
    for (const again of [[...events, ...log], [...events, ...log].toReversed()]) {
      for (const event of again) await projectEvent(knowing, event);
      expect(await graphOf(graph, repository)).toEqual(written);
    }
    await rebuildGraph(knowing);
    expect(await graphOf(graph, repository)).toEqual(written);
    expect((await summary())?.by).toBe("model");
  });

  it("is not wanted of a chapter after which another one ended, also while the model was asked", async () => {
    expect(await writeSummary(deps(says), askedFor(chapters[0]), signal)).toEqual({ kind: "not-needed" });
    const [first] = chapters;
    const later = first === undefined ? undefined : { ...first, id: `${last.upTo}-later` };
    const more = async () => later !== undefined && (await projectEvent(knowing, later));
    expect(await writeSummary(deps(says, more), last, signal)).toEqual({ kind: "not-needed" });
    expect(await summary()).toMatchObject({ by: "template", model: null, upTo: later?.id });
    expect([events, committed]).toEqual([[], 0]);
    expect(records, "of the first chapter nothing was shown").toHaveLength(1);
  });

  it.each<[ModelSaid, string]>([
    [{ kind: "none", reason: "No model host answers." }, "No model host answers."],
    [{ ...says, text: "Fine." }, "The answer of m is too short."],
    [{ ...says, text: `${answer} It took 77 rounds.` }, "The answer of m names a number that the facts do not name."],
  ])("leaves the template's in place: %j", async (said, reason) => {
    const before = await summary();
    expect(await writeSummary(deps(said), last, signal)).toEqual({ kind: "template", reason });
    expect(await summary()).toEqual(before);
    expect(events).toEqual([]);
  });
});
