import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bookSlot, buildSchedule, cancelBooking, remainingCapacity } from "../src/index.js";

const schedule = buildSchedule({ day: "2026-05-04", opens: "09:00", closes: "14:00", slotMinutes: 60, capacity: 2 });
const nine = "2026-05-04T09:00";

function book(bookings, customer, slotId = nine) {
  const result = bookSlot(schedule, bookings, { customer, slotId });
  assert.equal(result.ok, true, `${customer} could not book ${slotId}: ${result.code}`);
  return result.bookings;
}

describe("booking a slot", () => {
  it("adds an open booking to the history", () => {
    const result = bookSlot(schedule, [], { customer: "ada", slotId: nine });
    assert.deepEqual(result.booking, { customer: "ada", slotId: nine, status: "open" });
    assert.deepEqual(result.bookings, [result.booking]);
  });

  it("leaves the given history as it is", () => {
    const history = book([], "ada");
    const before = structuredClone(history);
    book(history, "grace");
    assert.deepEqual(history, before);
  });

  it("refuses a slot that does not exist", () => {
    assert.deepEqual(bookSlot(schedule, [], { customer: "ada", slotId: "2026-05-04T03:00" }), {
      ok: false,
      code: "NO_SUCH_SLOT",
    });
  });

  it("refuses the same slot twice for one customer", () => {
    const history = book([], "ada");
    assert.deepEqual(bookSlot(schedule, history, { customer: "ada", slotId: nine }), {
      ok: false,
      code: "ALREADY_BOOKED",
    });
  });

  it("refuses a full slot", () => {
    const history = book(book([], "ada"), "grace");
    assert.deepEqual(bookSlot(schedule, history, { customer: "linus", slotId: nine }), {
      ok: false,
      code: "SLOT_FULL",
    });
  });
});

describe("cancelling a booking", () => {
  it("frees the place in the slot and keeps the history", () => {
    const history = cancelBooking(book([], "ada"), { customer: "ada", slotId: nine });
    assert.equal(history.length, 1);
    assert.equal(remainingCapacity(schedule[0], history), 2);
  });

  it("lets the customer book the slot again", () => {
    const cancelled = cancelBooking(book([], "ada"), { customer: "ada", slotId: nine });
    assert.equal(book(cancelled, "ada").length, 2);
  });

  it("changes nothing for a booking that nobody has", () => {
    const history = book([], "ada");
    assert.deepEqual(cancelBooking(history, { customer: "grace", slotId: nine }), history);
  });
});
