import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CheckName,
  type CheckStatus,
  checkNames,
  plainCheck,
} from "../../../../src/deliberation/domain/check-result.ts";
import { assignPeers, discussionOf, type Peer } from "../../../../src/deliberation/domain/critique/peers.ts";

function peer(member: number, changes: Partial<Record<CheckName, CheckStatus>> = {}, rest: Partial<Peer> = {}): Peer {
  return {
    id: `c${member}`,
    member,
    treeHash: `t${member}`,
    behaviour: null,
    diffLines: 1,
    checks: checkNames.map((name) => plainCheck(name, changes[name] ?? "passed", name)),
    ...rest,
  };
}

const fails = { acceptance: "failed" } as const;
const untested = { acceptance: "skipped" } as const;
const looks = (candidates: readonly Peer[]) =>
  assignPeers(candidates).map(({ reviewer, candidate }) => `${reviewer} → ${candidate}`);

describe("who looks at whom", () => {
  it.each<[string, readonly Peer[], readonly string[]]>([
    ["three look round", [peer(1), peer(2), peer(3)], ["1 → c2", "2 → c3", "3 → c1"]],
    ["two look at each other", [peer(2), peer(5)], ["2 → c5", "5 → c2"]],
    ["one has no peer", [peer(1)], []],
    [
      "what does not apply is not looked at",
      [peer(1, { applies: "failed" }), peer(2), peer(3)],
      ["1 → c2", "2 → c3", "3 → c2"],
    ],
    ["what was not checked is not looked at", [peer(1), peer(2, {}, { treeHash: null })], ["2 → c1"]],
    [
      "nobody looks at the same change as its own",
      [peer(1), peer(2, {}, { treeHash: "t1" }), peer(3)],
      ["1 → c3", "2 → c3", "3 → c1"],
    ],
    ["the same change thrice needs nobody", [1, 2, 3].map((member) => peer(member, {}, { treeHash: "t" })), []],
  ])("%s", (_, candidates, expected) => {
    expect(looks(candidates)).toEqual(expected);
  });

  it("nobody looks at its own, and the load is even, in any order of the input", () => {
    const councils = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(councils, (numbers) => {
        const reviews = assignPeers(numbers.map((number) => peer(number)));
        expect(reviews).toHaveLength(numbers.length);
        expect(new Set(reviews.map(({ candidate }) => candidate)).size).toBe(numbers.length);
        expect(reviews.some(({ reviewer, candidate }) => candidate === `c${reviewer}`)).toBe(false);
        expect(reviews).toEqual(assignPeers([...numbers].sort().map((number) => peer(number))));
      }),
    );
  });
});

describe("critique and revision", () => {
  it.each<[string, readonly Peer[], string]>([
    ["stop early where one passes everything", [peer(1), peer(2, fails)], "none"],
    ["stop early where several pass everything", [peer(1), peer(2), peer(3, fails)], "none"],
    ["happen where nobody passes", [peer(1, fails), peer(2, fails)], "critique"],
    ["happen where what passes met no acceptance test", [peer(1, untested), peer(2, untested)], "critique"],
    ["leave out the critique of a single candidate that fails", [peer(1, fails)], "revision"],
    ["leave out both for a single candidate that passes", [peer(1, untested)], "none"],
    ["leave out both where all brought the same", [1, 2].map((at) => peer(at, untested, { treeHash: "t" })), "none"],
    [
      "go by the author's own checks where nothing applies",
      [1, 2].map((at) => peer(at, { applies: "failed" })),
      "revision",
    ],
  ])("%s", (_, drafts, kind) => {
    expect(discussionOf(drafts).kind).toBe(kind);
  });
});
