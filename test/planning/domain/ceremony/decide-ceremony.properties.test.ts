import fc from "fast-check";
import { expect, it } from "vitest";
import { system } from "../../../../src/kernel/principal.ts";
import { reviewVerdicts } from "../../../../src/kernel/review.ts";
import { ceremonyStates } from "../../../../src/kernel/states.ts";
import { type Ceremony, isOpenCeremony, standingOf } from "../../../../src/planning/domain/ceremony/ceremony.ts";
import { ceremonyRows, ceremonyTransition } from "../../../../src/planning/domain/ceremony/ceremony-machine.ts";
import type { CeremonyRequest } from "../../../../src/planning/domain/ceremony/ceremony-request.ts";
import { decideCeremony } from "../../../../src/planning/domain/ceremony/decide-ceremony.ts";
import { aCeremony, joining, seats } from "../../a-ceremony.ts";
import { alice, at, holding } from "../../a-story.ts";

const issue = fc.integer({ min: 1, max: 3 });

const requests: fc.Arbitrary<CeremonyRequest> = fc
  .record({
    action: fc.constantFrom(...ceremonyRows.map(({ action }) => action)),
    issue,
    joins: issue,
    bySystem: fc.boolean(),
    feedback: fc.constantFrom("", "long enough to be feedback"),
    available: fc.boolean(),
    delivery: fc.constantFrom(null, "d-1", "d-2"),
    verdicts: fc.array(fc.constantFrom(...reviewVerdicts, null), { minLength: 3, maxLength: 3 }),
  })
  .map(({ action, issue: about, joins, bySystem, feedback, available, delivery, verdicts }) => ({
    action,
    ...(action === "add-story" ? { joining: joining(joins) } : { storyId: `100-${about}` as const }),
    reviews: seats(...verdicts),
    councilAvailable: available,
    principal: bySystem ? system : alice,
    roles: bySystem ? holding("system") : holding("architect"),
    feedback,
    deliveryId: delivery,
    at,
  }));

function walk(
  steps: readonly CeremonyRequest[],
  check: (before: Ceremony, request: CeremonyRequest) => void,
): Ceremony {
  let ceremony = aCeremony({ stories: [] });
  for (const step of steps) {
    check(ceremony, step);
    const decision = decideCeremony(ceremony, step);
    if (decision.kind === "moved") ceremony = decision.ceremony;
  }
  return ceremony;
}

/** The road to the end, so that walks come there; noise is put between its steps. */
const asked = { principal: alice, roles: holding("product-owner"), deliveryId: null, at, councilAvailable: true };
const fleet = { ...asked, principal: system, roles: holding("system") };
const issues = [1, 2, 3] as const;
const road: readonly CeremonyRequest[] = [
  ...issues.map((number) => ({ ...asked, action: "add-story" as const, joining: joining(number) })),
  { ...asked, action: "start" },
  ...issues.map((number) => ({
    ...fleet,
    action: "record-review" as const,
    storyId: `100-${number}` as const,
    reviews: seats("ready", number === 2 ? "not-ready" : "ready", "ready"),
  })),
  { ...asked, action: "approve", storyId: "100-2" },
  { ...asked, action: "complete" },
];

const noise = fc.array(requests, { maxLength: 2 });

const walks = fc
  .tuple(fc.array(noise, { minLength: road.length, maxLength: road.length }), fc.integer({ min: 0, max: road.length }))
  .map(([rounds, length]) =>
    rounds.slice(0, length).flatMap((steps, index) => [...steps, ...road.slice(index, index + 1)]),
  );

it("never leaves its states, moves only along its rows, and never from an end", () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(walks, (steps) => {
      const end = walk(steps, (before, request) => {
        const decision = decideCeremony(before, request);
        if (decision.kind !== "moved") return;
        expect(isOpenCeremony(before)).toBe(true);
        let from = before.state;
        for (const record of decision.records) {
          const row = ceremonyTransition(record.action);
          expect(record.from).toBe(from);
          expect(row.from).toContain(record.from);
          expect(record.to).toBe(row.to);
          from = record.to;
        }
        expect(decision.ceremony.state).toBe(from);
        expect(decision.events).toHaveLength(decision.records.length);
      });
      ends.add(end.state);
    }),
    { numRuns: 500, seed: 7 },
  );
  expect([...ends].toSorted()).toEqual([...ceremonyStates].toSorted());
});

it("decides the same delivery once", () => {
  fc.assert(
    fc.property(walks, (steps) => {
      walk(steps, (before, request) => {
        if (request.deliveryId === null) return;
        const first = decideCeremony(before, request);
        if (first.kind === "moved") expect(decideCeremony(first.ceremony, request).kind).toBe("unchanged");
      });
    }),
    { numRuns: 200 },
  );
});

it("is completed only when every disagreement has a person's word, and no review is ever changed", () => {
  let completed = 0;
  fc.assert(
    fc.property(walks, (steps) => {
      const end = walk(steps, (before, request) => {
        const decision = decideCeremony(before, request);
        if (decision.kind !== "moved" || before.state === "draft") return;
        for (const [index, story] of before.stories.entries())
          if (story.reviews !== null) expect(decision.ceremony.stories[index]?.reviews).toBe(story.reviews);
      });
      if (end.state !== "completed") return;
      completed += 1;
      for (const story of end.stories) expect(standingOf(story) === "agreed" || story.word !== null).toBe(true);
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(completed).toBeGreaterThan(0);
});
