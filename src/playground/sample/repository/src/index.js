export { bookSlot, cancelBooking, openBookings, remainingCapacity } from "./bookings.js";
export { deliveryFee } from "./fee.js";
export { buildSchedule, findSlot } from "./schedule.js";
export { formatTime, parseTime } from "./time.js";
