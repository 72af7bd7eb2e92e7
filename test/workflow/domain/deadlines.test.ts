import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toIso } from "../../../src/kernel/clock.ts";
import { taskStates } from "../../../src/kernel/states.ts";
import { afterWorkingTime, isQuietAt, type QuietTime, weekdays } from "../../../src/kernel/working-time.ts";
import type { Deadline } from "../../../src/workflow/domain/deadline.ts";
import { deadlinesAt, defaultSla, overdue } from "../../../src/workflow/domain/deadlines.ts";
import { aTask, now } from "../a-task.ts";

const hour = 60 * 60 * 1000;
const office: QuietTime = { timezone: "Europe/Madrid", from: "18:00", to: "09:00", days: ["sat", "sun"] };
const after = (start: string, hours: number, quiet: QuietTime | null) =>
  toIso(afterWorkingTime(Date.parse(start), hours * hour, quiet)).slice(0, 16);

describe("working time", () => {
  it.each([
    ["without quiet time is time", "2026-03-06T16:00:00Z", 2, null, "2026-03-06T18:00"],
    ["within a day", "2026-03-06T09:00:00Z", 2, office, "2026-03-06T11:00"],
    ["skips the night (Madrid is UTC+1 in winter)", "2026-03-05T16:00:00Z", 2, office, "2026-03-06T09:00"],
    ["skips the weekend", "2026-03-06T16:00:00Z", 2, office, "2026-03-09T09:00"],
    ["begins with the day when it is quiet", "2026-03-07T12:00:00Z", 1, office, "2026-03-09T09:00"],
    ["ends at the edge, not after it", "2026-03-06T16:00:00Z", 1, office, "2026-03-06T17:00"],
    ["follows the change to summer time", "2026-03-27T16:00:00Z", 2, office, "2026-03-30T08:00"],
    [
      "counts hours that pass midnight",
      "2026-03-05T22:00:00Z",
      3,
      { timezone: "UTC", from: "02:00", to: "23:00", days: [] },
      "2026-03-06T02:00",
    ],
  ] as const)("%s", (_, start, hours, quiet, end) => {
    expect(after(start, hours, quiet)).toBe(end);
  });

  const quietTimes = fc.record({
    timezone: fc.constantFrom("UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"),
    from: fc.constantFrom("18:00", "22:30", "12:00"),
    to: fc.constantFrom("09:00", "06:15", "13:00"),
    days: fc.subarray([...weekdays], { maxLength: 5 }),
  });
  const starts = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });

  it("never ends in quiet time, never before time itself, and later for more", () => {
    fc.assert(
      fc.property(quietTimes, starts, fc.integer({ min: 1, max: 48 * hour }), (quiet, start, duration) => {
        const end = afterWorkingTime(start, duration, quiet);
        expect(end - start).toBeGreaterThanOrEqual(duration);
        expect(isQuietAt(end - 1, quiet)).toBe(false);
        expect(afterWorkingTime(start, duration + hour, quiet)).toBeGreaterThan(end);
      }),
      { numRuns: 150 },
    );
  });

  it("adds up: two stretches one after the other are one", () => {
    fc.assert(
      fc.property(
        quietTimes,
        starts,
        fc.integer({ min: 1, max: 12 * hour }),
        fc.integer({ min: 1, max: 12 * hour }),
        (quiet, start, one, two) => {
          expect(afterWorkingTime(afterWorkingTime(start, one, quiet), two, quiet)).toBe(
            afterWorkingTime(start, one + two, quiet),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a task's deadlines", () => {
  const since = toIso(now);
  const at = (hours: number) => now + hours * hour;

  it("begin with their gate and with the work, and are over after their time", () => {
    const task = aTask({ state: "pending-arch-review", stateSince: since, deadlines: [] });
    const begun = deadlinesAt(task, defaultSla, at(1));
    expect(begun).toEqual([
      { kind: "review", since, dueAt: toIso(at(2)), remindedAt: null },
      { kind: "task", since, dueAt: toIso(at(48)), remindedAt: null },
    ]);
    expect(overdue({ ...task, deadlines: begun })).toEqual([]);
    const over = deadlinesAt({ ...task, deadlines: begun }, defaultSla, at(2));
    expect(over.map(({ kind, remindedAt }) => [kind, remindedAt])).toEqual([
      ["review", toIso(at(2))],
      ["task", null],
    ]);
    expect(overdue({ ...task, deadlines: over }).map(({ kind }) => kind)).toEqual(["review"]);
  });

  it("go on while somebody reviews, end with the gate, and begin anew when it is come to again", () => {
    const waiting = aTask({ state: "pending-arch-review", stateSince: since, deadlines: [] });
    const deadlines = deadlinesAt(waiting, defaultSla, at(3));
    const reviewing = { ...waiting, state: "arch-reviewing", stateSince: toIso(at(3)), deadlines } as const;
    expect(deadlinesAt(reviewing, defaultSla, at(4))).toBe(deadlines);
    const passed = { ...reviewing, state: "pending-qa", stateSince: toIso(at(4)) } as const;
    expect(overdue(passed)).toEqual([]);
    expect(deadlinesAt(passed, defaultSla, at(4)).map(({ kind }) => kind)).toEqual(["qa", "task"]);
    const again = { ...passed, state: "pending-arch-review", stateSince: toIso(at(9)), deadlines } as const;
    expect(deadlinesAt(again, defaultSla, at(9)).map(({ kind, remindedAt }) => [kind, remindedAt])).toEqual([
      ["review", null],
      ["task", null],
    ]);
  });

  it("give qa no time for what the required checks decide about, but for what it has taken", () => {
    const policy = { ...defaultSla, testedByChecks: true };
    const waiting = aTask({ state: "pending-qa", stateSince: since, deadlines: [] });
    expect(deadlinesAt(waiting, policy, at(9)).map(({ kind }) => kind)).toEqual(["task"]);
    const taken = { ...waiting, state: "qa-testing" } as const;
    expect(deadlinesAt(taken, policy, at(1)).map(({ kind }) => kind)).toEqual(["qa", "task"]);
  });

  it("are looked at as often as one likes: everything is marked once", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...taskStates),
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 20 }),
        (state, looks) => {
          let task = aTask({ state, stateSince: since, deadlines: [] });
          const marks = new Set<Deadline>();
          for (const hours of looks.toSorted((a, b) => a - b)) {
            task = { ...task, deadlines: deadlinesAt(task, defaultSla, at(hours)) };
            for (const deadline of task.deadlines) if (deadline.remindedAt !== null) marks.add(deadline);
          }
          expect(new Set([...marks].map(({ kind }) => kind)).size).toBe(marks.size);
          expect(deadlinesAt(task, defaultSla, at(Math.max(...looks)))).toStrictEqual(task.deadlines);
        },
      ),
    );
  });
});
