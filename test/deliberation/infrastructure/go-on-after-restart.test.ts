import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getDeliberation } from "../../../src/deliberation/application/find-deliberations.ts";
import { goOnAfterRestart } from "../../../src/deliberation/application/go-on-after-restart.ts";
import type { RestartReport } from "../../../src/deliberation/application/job.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { requestImplementation } from "../../../src/deliberation/application/request-implementation.ts";
import type { BuildContext, HappenedSince } from "../../../src/deliberation/application/use-case-ports.ts";
import { assigned, openDeliberations, taskFacts } from "../a-deliberation.ts";

const decided = "decision D1 approved: Count in cents (@ada)";
let happened: readonly string[] = [];
let isHeld = true;
let hash = "h";
const asked: Parameters<HappenedSince>[0][] = [];
const built: Parameters<BuildContext>[0][] = [];
let opened: Awaited<ReturnType<typeof openDeliberations>>;

beforeAll(async () => {
  opened = await openDeliberations({
    taskFacts: async () => ({ ...taskFacts, heldByCouncil: isHeld }),
    // Another commit is on the branch by now: the council goes on from the one that it began at.
    sourceOf: async () => ({
      ...{ mirror: "/m.git", baseSha: "c".repeat(40) },
      startSha: (built.length === 0 ? "b" : "d").repeat(40),
    }),
    happenedSince: async (about) => {
      asked.push(about);
      return happened;
    },
    buildContext: async (about) => {
      built.push(about);
      const none = { short: null, slices: { tests: "", wide: "" }, paths: [] };
      return { context: { text: "context", hash, tokens: 7, countedBy: "estimate", ...none } };
    },
  });
});

afterAll(() => opened.graph.close());

const restarted = (round: number, changes: Partial<RestartReport> = {}): RestartReport => ({
  ...{ kind: "restarted", deliberationId: `7-12-p1-t1-r${round}`, times: 1, contextHash: "h" },
  saved: { drafts: 2, turns: 1 },
  ...changes,
});

const recordOf = async (round: number) => getDeliberation(opened.deps, `7-12-p1-t1-r${round}`);

describe("a worker that took a council up", () => {
  it("is told nothing where nothing happened; the record says that another one goes on", async () => {
    await requestImplementation(opened.deps, assigned(1));
    expect(await goOnAfterRestart(opened.deps, restarted(1))).toBeNull();
    expect(built).toHaveLength(1);
    const record = await recordOf(1);
    expect(asked).toMatchObject([{ kind: "implementation", task: { id: "7-12-p1-t1" }, since: record?.startedAt }]);
    expect(record).toMatchObject({
      note: "Another worker goes on from 2 drafts and 1 turn.",
      restarts: { times: 1, happened: [], told: false },
      contextHash: "h",
    });
  });

  it("is given a context of the same commit with what its members do not know yet", async () => {
    happened = [decided];
    hash = "h2";
    const answer = await goOnAfterRestart(opened.deps, restarted(1, { times: 2, saved: { drafts: 0, turns: 0 } }));
    expect(answer?.context.hash).toBe("h2");
    expect(built.at(-1)?.source).toEqual({ mirror: "/m.git", baseSha: "c".repeat(40), startSha: "b".repeat(40) });
    expect(await recordOf(1)).toMatchObject({
      note: `Another worker goes on with what was saved. Its context was built anew, since this happened meanwhile: ${decided}`,
      restarts: { times: 2, happened: [decided], told: true },
      contextHash: "h2",
      contextTokens: { count: 7, by: "estimate" },
    });
  });

  it("is told nothing twice", async () => {
    expect(await goOnAfterRestart(opened.deps, restarted(1, { times: 3, contextHash: "h2" }))).toBeNull();
    expect(await recordOf(1)).toMatchObject({
      note: "Another worker goes on from 2 drafts and 1 turn.",
      restarts: { times: 3, happened: [decided], told: true },
    });
  });

  it("is told nothing of what nobody waits for any more", async () => {
    isHeld = false;
    const before = built.length;
    expect(await goOnAfterRestart(opened.deps, restarted(1, { times: 4 }))).toBeNull();
    expect(built).toHaveLength(before);
  });

  it("is told nothing of what is over, or was never asked for; neither is touched", async () => {
    const deliberationId = "7-12-p1-t1-r1";
    await recordReport(opened.deps, { kind: "failed", deliberationId, status: "failed", reason: "It broke." });
    const over = await recordOf(1);
    expect(await goOnAfterRestart(opened.deps, restarted(1, { times: 5 }))).toBeNull();
    expect(await recordOf(1)).toEqual(over);
    expect(await goOnAfterRestart(opened.deps, restarted(9))).toBeNull();
    expect(await recordOf(9)).toBeNull();
  });
});
