import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildSchedule, findSlot, formatTime, parseTime } from "../src/index.js";

describe("a schedule", () => {
  it("cuts the opening hours into slots", () => {
    const slots = buildSchedule({ day: "2026-05-04", opens: "09:00", closes: "11:00", slotMinutes: 60, capacity: 2 });
    assert.deepEqual(
      slots.map(({ id, to }) => [id, to]),
      [
        ["2026-05-04T09:00", "10:00"],
        ["2026-05-04T10:00", "11:00"],
      ],
    );
  });

  it("leaves out a rest that is too short", () => {
    const slots = buildSchedule({ day: "2026-05-04", opens: "09:00", closes: "10:30", slotMinutes: 60, capacity: 1 });
    assert.equal(slots.length, 1);
  });

  it("finds a slot by its id", () => {
    const slots = buildSchedule({ day: "2026-05-04", opens: "09:00", closes: "11:00", slotMinutes: 60, capacity: 2 });
    assert.equal(findSlot(slots, "2026-05-04T10:00"), slots[1]);
    assert.equal(findSlot(slots, "2026-05-05T10:00"), undefined);
  });
});

describe("a time", () => {
  it("is read and written", () => {
    assert.equal(parseTime("09:30"), 570);
    assert.equal(formatTime(570), "09:30");
  });

  it("must be one", () => {
    for (const text of ["9:30", "24:00", "12:60", "noon"]) assert.throws(() => parseTime(text), RangeError);
  });
});
