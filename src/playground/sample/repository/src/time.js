const pattern = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Minutes since midnight of a time such as "09:30". Throws a RangeError for anything else. */
export function parseTime(text) {
  const match = pattern.exec(text);
  if (match === null) throw new RangeError(`Not a time: ${text}`);
  return Number(match[1]) * 60 + Number(match[2]);
}

/** "09:30" for 570. */
export function formatTime(minutes) {
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${hours}:${String(minutes % 60).padStart(2, "0")}`;
}
