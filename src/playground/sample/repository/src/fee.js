import { parseTime } from "./time.js";

const baseFee = 390;
const freeFrom = 5000;
const eveningFee = 200;
const eveningFrom = "18:00";

/** What the delivery of an order costs in that slot, in cents. */
export function deliveryFee(order, slot) {
  const base = order.total >= freeFrom ? 0 : baseFee;
  const evening = parseTime(slot.from) >= parseTime(eveningFrom) ? eveningFee : 0;
  return base + evening;
}
