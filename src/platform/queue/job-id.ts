const unreserved = /[^A-Za-z0-9._~-]/gu;

/**
 * Builds a job id from its parts, the same parts always giving the same id and different parts different ones.
 * BullMQ refuses ids that hold `:` or are all digits, so every other character than `A-Z a-z 0-9 . _ ~ -` is
 * percent-encoded, the parts are joined by `/`, and a lone number gets a `/` behind it.
 *
 * @throws {TypeError} when there is no part or one is empty: an id like that could not be told from another.
 */
export function jobId(...parts: readonly [string, ...string[]]): string {
  if (parts.length === 0 || parts.includes("")) {
    throw new TypeError("A job id needs parts, none of them empty.");
  }
  const id = parts.map((part) => part.replaceAll(unreserved, percentEncode)).join("/");
  // BullMQ compares with parseInt, so that "-7" counts as a number too.
  return String(Number.parseInt(id, 10)) === id || /^\d+$/.test(id) ? `${id}/` : id;
}

function percentEncode(character: string): string {
  const hex = Buffer.from(character).toString("hex").toUpperCase();
  return hex.replaceAll(/../g, (byte) => `%${byte}`);
}
