/** The time, passed in so that domain code stays pure. Milliseconds since the epoch. */
export type Clock = () => number;

/** An instant as it is stored and sent: ISO 8601 in UTC, with milliseconds. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
