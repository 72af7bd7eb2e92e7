import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { architectRejection } from "../../src/playground/sample/script.ts";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { type ContextsGiven, inspectContexts } from "../support/inspect-contexts.ts";
import { inspectKnowledge, type Knowledge } from "../support/inspect-knowledge.ts";
import type { Road } from "../support/inspect-road.ts";
import { openDemo } from "../support/open-demo.ts";
import { type DemoSummary, demoSummary, type PrintedEvent, printedEvent } from "../support/printed-events.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";

let dataDir: string;
let events: readonly PrintedEvent[];
let summary: DemoSummary;
let road: Road;
let knowledge: Knowledge;
let contexts: ContextsGiven;
let log: string;

/** One demo for all tests of this file: what `npm run demo` prints and leaves. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fleet-demo-"));
  const demo = startFleetProcess(["demo", "--json", "--transcript", join(dataDir, "transcript.md")], {
    FLEET_DATA_DIR: dataDir,
  });
  await expectEnd(demo, 0);
  expect(demo.problems).toEqual([]);
  const last = demo.lines.at(-1) ?? "";
  summary = demoSummary.parse(JSON.parse(last));
  events = demo.lines.slice(0, -1).map((line) => printedEvent(line) ?? expect.fail(`no event: ${line}`));
  road = await openDemo(dataDir, async (graph) => {
    contexts = await inspectContexts(graph);
    knowledge = await inspectKnowledge(graph);
  });
  log = await readFile(join(dataDir, "demo", "fleet.log"), "utf8");
});

afterAll(async () => {
  await endFleetProcesses();
  await rm(dataDir, { recursive: true, force: true });
});

describe("the demo", () => {
  test("ends with the story done and the merge commit in the repository", () => {
    expect(summary.story.state).toBe("done");
    expect(summary.tasks).toMatchObject([{ state: "done", rounds: 2, inRepository: true }]);
    expect(summary.mergeSha).toMatch(/^[0-9a-f]{40}$/);
    expect(road.merges).toEqual([summary.mergeSha]);
  });

  test("leaves one of everything on GitHub, and unbroken records", () => expectSingleRoad(road));

  test("leaves a graph that the model knows, and that its events make again", () => {
    expect(knowledge.strange).toEqual([]);
    expect(Object.keys(knowledge.links).sort()).toMatchInlineSnapshot(`
      [
        "Commit AUTHORED_BY Person",
        "Commit CHANGES File",
        "Commit CHANGES Symbol",
        "Commit CHANGES Test",
        "Decision AFFECTS Commit",
        "Decision AFFECTS PullRequest",
        "Decision AFFECTS Task",
        "Decision AUTHORED_BY Person",
        "Decision DECIDED_BY Person",
        "Deliberation PRODUCED Proposal",
        "File DEFINES Symbol",
        "File DEFINES Test",
        "File IMPORTS File",
        "Plan HAS_TASK Task",
        "Proposal AUTHORED_BY Agent",
        "PullRequest CONTAINS Commit",
        "Repository CONTAINS Story",
        "Review AFFECTS Commit",
        "Review AFFECTS PullRequest",
        "Review AFFECTS Task",
        "Review AUTHORED_BY Person",
        "Story HAS_PLAN Plan",
        "Story NEXT Event",
        "Story NEXT Transition",
        "Symbol CALLS Symbol",
        "Symbol TESTS Symbol",
        "Task NEXT Transition",
        "Task PRODUCED Commit",
        "Task PRODUCED PullRequest",
        "Test CALLS Symbol",
        "Test TESTS Symbol",
      ]
    `);
    expect(knowledge.rebuilt).toEqual(knowledge.before);
  });

  test("gives councils what their role may see of the story, each access on record, and nothing else", () => {
    const { hashes, reads } = contexts;
    expect(hashes).toHaveLength(3);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size, "the second round knows more").toBe(3);
    expect(reads.filter((line) => line.includes("read story:"))).toHaveLength(hashes.length);
    expect([...new Set(reads)].sort()).toMatchInlineSnapshot(`
      [
        "agent:developer:1 as developer, read decision: context of a council (implementation) in build: decision(id number title rationale affectedComponents dependencies); category is ?; status is ?; order number desc; limit 200; 0 rows, 6 columns",
        "agent:developer:1 as developer, read decision: context of a council (implementation) in build: decision(id number title rationale affectedComponents dependencies); of the own task; category is ?; status is ?; order number desc; limit 200; 0 rows, 6 columns",
        "agent:developer:1 as developer, read plan: context of a council (implementation) in build: plan(taskBreakdown); of the own task; limit 1; 1 rows, 1 columns",
        "agent:developer:1 as developer, read story: context of a council (implementation) in build: story(id title description criteria); by id; limit 1; 1 rows, 4 columns",
        "agent:developer:1 as developer, read task: context of a council (implementation) in build: task(id title description status dependencies failingChecks); by id; of the own task; limit 1; 1 rows, 6 columns",
        "the fleet as architect, read decision: context of a council (plan) in design: decision(id number title rationale dependencies); category is ?; status is ?; order number desc; limit 200; 0 rows, 5 columns",
        "the fleet as architect, read event: context of a council (plan) in design: timeline (named); limit 15; 3 rows, 2 columns",
        "the fleet as architect, read story: context of a council (plan) in design: story(id title description criteria); by id; limit 1; 1 rows, 4 columns",
        "the fleet as architect, read summary: context of a council (plan) in design: the last one; 0 rows, 1 columns",
      ]
    `);
  });

  test("turns down two of three candidates for different checks, each with its reason", () => {
    const [first, second] = summary.rounds;
    expect(summary.rounds).toHaveLength(2);
    const failed = (first?.candidates ?? []).map(({ checks }) =>
      Object.entries(checks).flatMap(([name, { status }]) => (status === "failed" ? [name] : [])),
    );
    expect(failed.filter((names) => names.length > 0).sort()).toEqual([["acceptance"], ["regressions"]]);
    for (const { winner, why } of [...(first?.candidates ?? []), ...(second?.candidates ?? [])]) {
      expect(why).not.toBe("");
      if (winner) expect(why).toContain("acceptance tests");
    }
    expect(first?.candidates.filter(({ winner }) => winner)).toHaveLength(1);
    expect(second?.candidates.filter(({ winner }) => winner)).toHaveLength(1);
  });

  test("the architect rejects once, and the second round answers it", () => {
    const rejections = events.filter(({ payload }) => payload.action === "reject-design");
    expect(rejections).toMatchObject([{ payload: { reason: architectRejection } }]);
    const assigned = events.filter(({ type }) => type === "workflow.task.assigned");
    expect(assigned.at(-1)?.payload).toMatchObject({
      round: 2,
      feedback: [expect.stringContaining("MAX_OPEN_BOOKINGS")],
    });
    expect(summary.rounds[1]).toMatchObject({ round: 2, winner: expect.any(String) });
  });

  test("labels everything that is simulated", () => {
    expect(summary.simulated).toBe("a local GitHub and the rehearsal model (recorded answers)");
    const notice = `**Simulated**: ${summary.simulated}`;
    const [pull] = road.pulls;
    expect(road.story.comments.get("story")?.[0]).toContain(notice);
    expect(road.tasks[0]?.body).toContain(notice);
    expect(pull?.body).toContain(notice);
    expect(pull?.comments.get("pull-request")?.[0]).toContain(notice);
    for (const { model } of summary.rounds.flatMap(({ candidates }) => candidates))
      expect(model).toMatch(/^rehearsal-/);
  });

  // `npm run demo -- --transcript docs/demo-transcript.md` (or `vitest run -u`) writes it anew.
  test("writes on GitHub what docs/demo-transcript.md shows", async () => {
    const transcript = await readFile(join(dataDir, "transcript.md"), "utf8");
    await expect(transcript).toMatchFileSnapshot("../../docs/demo-transcript.md");
  });

  test("keeps to its budgets", () => {
    expect(summary.contentWritesPerTask).toBeGreaterThan(0);
    expect(summary.contentWritesPerTask).toBeLessThanOrEqual(12);
    expect(summary.contentWrites).toBeGreaterThanOrEqual(summary.contentWritesPerTask);
    expect(summary.tokens.in).toBeGreaterThan(0);
    expect(summary.tokens.out).toBeGreaterThan(0);
    expect(summary.ms).toBeGreaterThan(0);
  });

  test("prints every event once, and logs no job that failed", () => {
    const ids = events.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const failures = log.split("\n").filter((line) => line.includes('"level":50') || line.includes('"level":60'));
    expect(failures).toEqual([]);
  });
});
