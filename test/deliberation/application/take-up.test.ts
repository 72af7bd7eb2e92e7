import { describe, expect, it } from "vitest";
import type { RestartAnswer, RestartReport } from "../../../src/deliberation/application/job.ts";
import { openNotebook, readSaved, type SavedState } from "../../../src/deliberation/application/saved-state.ts";
import { takeUp } from "../../../src/deliberation/application/take-up.ts";
import { jobOf } from "../council-of.ts";

const context = { text: "anew", hash: "h2", tokens: 1, countedBy: "estimate" as const };
const anew: RestartAnswer = {
  context: { ...context, short: null, slices: { tests: "", wide: "" }, paths: ["b.js"] },
};

async function savedBy(change: (state: SavedState) => void): Promise<unknown> {
  let saved: unknown = null;
  const save = async (state: SavedState) => {
    saved = state;
  };
  await openNotebook(null, save, 1_000).note(change);
  return saved;
}

function telling(answer: RestartAnswer) {
  const told: RestartReport[] = [];
  const tell = async (report: RestartReport) => {
    told.push(report);
    return answer;
  };
  return { told, tell };
}

const draft = {
  id: "c1",
  member: 1,
  revises: null,
  answers: [],
  summary: "",
  problem: null,
  tokens: { in: 1, out: 1 },
};

describe("a worker takes a deliberation up", () => {
  const { signal } = new AbortController();

  it("that nobody began: nobody is told, and nothing changes", async () => {
    const { told, tell } = telling(anew);
    const job = await jobOf({});
    expect(await takeUp(tell, job, null, signal)).toEqual({ job, saved: null });
    expect(told).toEqual([]);
  });

  it("that another one began: it tells what it goes on from, and its members know what is answered", async () => {
    const { told, tell } = telling(anew);
    const saved = await savedBy((state) => {
      state.drafts.push(
        { ...draft, abstained: null },
        { ...draft, id: "c2", member: 2, abstained: "It has no model." },
      );
      state.restarts = 1;
    });
    const job = await jobOf({});
    const taken = await takeUp(tell, job, saved, signal);
    expect(told).toEqual([
      {
        ...{ kind: "restarted", deliberationId: job.deliberationId, times: 2, contextHash: job.context.hash },
        saved: { drafts: 1, turns: 0 },
      },
    ]);
    expect(taken.job).toEqual({ ...job, context: anew?.context });
    expect(readSaved(taken.saved)).toMatchObject({
      restarts: 2,
      startedAt: 1_000,
      drafts: [{ id: "c1" }, { id: "c2" }],
    });
  });

  it("that another one began, and nothing is new: its job stays as it was", async () => {
    const { tell } = telling(null);
    const job = await jobOf({});
    const taken = await takeUp(tell, job, await savedBy(() => {}), signal);
    expect(taken.job).toBe(job);
    expect(readSaved(taken.saved)).toMatchObject({ restarts: 1 });
  });
});
