import { describe, expect, it } from "vitest";
import { followDeliberation, type SavedOf } from "../../../src/deliberation/application/follow-deliberation.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import type { SavedState } from "../../../src/deliberation/application/saved-state.ts";
import { good, run, type Script } from "../a-council.ts";
import { assigned, deliberationsOfEachTest, implementation } from "../a-deliberation.ts";

const open = deliberationsOfEachTest();
const id = "7-12-p1-t1-r1";
const turn = (action: string, more: object = {}): string =>
  JSON.stringify({ why: "", action, path: null, from: null, to: null, text: null, ...more });

/** Everything that a worker saved of one member's loop, one state after the other. */
async function statesOfACouncil(): Promise<readonly SavedState[]> {
  const said = [
    turn("list"),
    turn("read", { path: "../secret" }),
    turn("edit"),
    good,
    turn("finish", { text: "Done." }),
  ];
  let at = 0;
  const script: Script = () => said[Math.min(at++, said.length - 1)] ?? "";
  return (await run({ a: script }, { contexts: { a: 32_768 } })).saves;
}

/** A deliberation that was asked for, and what its worker has saved by now. */
async function at(saved: unknown) {
  const { deps, subscriber, jobs } = await open();
  await subscriber.handle(assigned(1));
  const [job] = jobs;
  const asked: string[] = [];
  const savedOf: SavedOf = async (of) => {
    asked.push(of);
    return job === undefined ? null : { job, saved };
  };
  return { deps: { ...deps, savedOf, clock: Date.now }, asked };
}

describe("a deliberation at work", () => {
  it("shows each turn of its members as it is finished, refusals too, before the draft is in", async () => {
    const states = await statesOfACouncil();
    const early = states.find(({ agents }) => agents[0]?.steps.length === 2);
    const followed = await followDeliberation((await at(early)).deps, id);
    expect(followed?.progress).toMatchObject({
      drafts: [],
      candidates: [],
      agents: [
        {
          ...{ member: 1, role: "developer", ended: null },
          steps: [
            { turn: 1, action: "list", outcome: "done", refusals: [] },
            { turn: 2, action: "read", outcome: "refused", refusals: [{ path: "../secret", rule: "path" }] },
          ],
        },
      ],
      used: { tokens: { in: early?.tokens.in, out: early?.tokens.out } },
    });
    expect(followed?.deliberation).toMatchObject({ id, status: "queued", outcome: null });
  });

  it("shows each check of a candidate before any is chosen, and no files", async () => {
    const last = (await statesOfACouncil()).at(-1);
    const followed = await followDeliberation((await at(last)).deps, id);
    const [candidate] = followed?.progress?.candidates ?? [];
    expect(candidate?.checks.map(({ name, status }) => `${name} ${status}`)).toContain("regressions passed");
    expect(followed?.progress).toMatchObject({
      agents: [{ ended: "finished" }],
      drafts: [{ id: "c1", member: 1, revises: null, problem: null, abstained: null }],
      candidates: [{ id: "c1", diff: expect.stringContaining("+") }],
    });
    expect(candidate).not.toHaveProperty("changes");
  });

  it.each([null, { version: 2 }])("of which nothing can be read (%j) has no progress", async (saved) => {
    expect(await followDeliberation((await at(saved)).deps, id)).toMatchObject({ progress: null });
  });
});

it("one that is over has all of it in its record, and its worker's notes are not looked for", async () => {
  const { deps, asked } = await at(null);
  await recordReport(deps, { kind: "finished", deliberationId: id, outcome: implementation });
  const followed = await followDeliberation(deps, id);
  expect(followed).toMatchObject({ deliberation: { status: "completed", outcome: { winner: "c1" } }, progress: null });
  expect(asked).toEqual([]);
  expect(await followDeliberation(deps, "7-12-p1-t9-r1")).toBeNull();
});
