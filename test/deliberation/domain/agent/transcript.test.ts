import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SavedStep } from "../../../../src/deliberation/domain/agent/agent-run.ts";
import { progressOf } from "../../../../src/deliberation/domain/agent/progress.ts";
import { type SizedTurn, shortenedTurns } from "../../../../src/deliberation/domain/agent/transcript.ts";

const turns = (...full: readonly number[]): SizedTurn[] => full.map((size) => ({ full: size, short: 5 }));

describe("shortenedTurns", () => {
  it.each([
    ["nothing while all fits", turns(100, 100, 100), 300, 0],
    ["the oldest down to half, once it does not fit", turns(100, 100, 100, 100), 350, 2],
    ["no more until it does not fit again", turns(100, 100, 100, 100, 100), 350, 2],
    ["never the last two", turns(100, 1_000, 1_000), 500, 1],
    ["nothing of none", [], 500, 0],
  ])("shortens %s", (_, sized, limit, short) => {
    expect(shortenedTurns(sized, limit)).toBe(short);
  });

  it("never takes back what it shortened, and keeps to the limit where it can", () => {
    const sizes = fc.array(fc.integer({ min: 10, max: 400 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1_000, max: 3_000 }), (full, limit) => {
        const sized = turns(...full);
        let before = 0;
        for (let count = 1; count <= sized.length; count += 1) {
          const some = sized.slice(0, count);
          const short = shortenedTurns(some, limit);
          expect(short).toBeGreaterThanOrEqual(before);
          const total = some.reduce((sum, turn, at) => sum + (at < short ? turn.short : turn.full), 0);
          expect(total).toBeLessThanOrEqual(limit);
          before = short;
        }
      }),
    );
  });
});

describe("progressOf", () => {
  const step = (turn: number, key: string, outcome: SavedStep["outcome"] = "done"): SavedStep => ({
    turn,
    key,
    outcome,
    action: "read",
    about: "",
    why: "",
    refusals: [],
    result: "",
    said: "",
    code: null,
    changed: false,
    tokens: { in: 0, out: 0 },
    ms: 0,
  });

  it.each([
    ["what was not done yet", [step(1, "a")], "b", { kind: "new" }],
    ["what was done", [step(1, "a"), step(2, "b")], "a", { kind: "tell", turn: 1 }],
    ["what was told already", [step(1, "a"), step(2, "a", "repeated")], "a", { kind: "end", turn: 1 }],
    ["another that was done", [step(1, "a"), step(2, "a", "repeated"), step(3, "b")], "b", { kind: "tell", turn: 3 }],
    [
      "one repetition too many",
      [
        step(1, "a"),
        step(2, "b"),
        step(3, "c"),
        step(4, "d"),
        ...["a", "b", "c"].map((key, at) => step(5 + at, key, "repeated")),
      ],
      "d",
      { kind: "end", turn: 4 },
    ],
  ])("judges %s", (_, steps, key, progress) => {
    expect(progressOf(steps, key)).toEqual(progress);
  });
});
