import { formatTime, parseTime } from "./time.js";

/**
 * The slots of one day, in order. A rest of the opening hours that is shorter than a slot is left out.
 * A slot is { id, day, from, to, capacity }; its id is "<day>T<from>".
 */
export function buildSchedule({ day, opens, closes, slotMinutes, capacity }) {
  const end = parseTime(closes);
  const slots = [];
  for (let start = parseTime(opens); start + slotMinutes <= end; start += slotMinutes) {
    const from = formatTime(start);
    slots.push({ id: `${day}T${from}`, day, from, to: formatTime(start + slotMinutes), capacity });
  }
  return slots;
}

/** The slot with this id, or undefined. */
export function findSlot(schedule, slotId) {
  return schedule.find((slot) => slot.id === slotId);
}
