import { findSlot } from "./schedule.js";

/** The bookings that still stand: a cancelled one stays in the history only. */
export function openBookings(bookings) {
  return bookings.filter((booking) => booking.status === "open");
}

/** How many more bookings a slot takes. */
export function remainingCapacity(slot, bookings) {
  const taken = openBookings(bookings).filter((booking) => booking.slotId === slot.id);
  return slot.capacity - taken.length;
}

/**
 * Books a slot for a customer. Answers { ok: true, slot, booking, bookings } with the new history, or
 * { ok: false, code } with "NO_SUCH_SLOT", "ALREADY_BOOKED" or "SLOT_FULL". The history that is given stays as it is.
 */
export function bookSlot(schedule, bookings, { customer, slotId }) {
  const slot = findSlot(schedule, slotId);
  if (slot === undefined) return { ok: false, code: "NO_SUCH_SLOT" };
  const own = openBookings(bookings).filter((booking) => booking.customer === customer);
  if (own.some((booking) => booking.slotId === slotId)) return { ok: false, code: "ALREADY_BOOKED" };
  if (remainingCapacity(slot, bookings) === 0) return { ok: false, code: "SLOT_FULL" };
  const booking = { customer, slotId, status: "open" };
  return { ok: true, slot, booking, bookings: [...bookings, booking] };
}

/** The history with the customer's open booking of that slot cancelled. Unknown bookings change nothing. */
export function cancelBooking(bookings, { customer, slotId }) {
  return bookings.map((booking) =>
    booking.customer === customer && booking.slotId === slotId && booking.status === "open"
      ? { ...booking, status: "cancelled" }
      : booking,
  );
}
