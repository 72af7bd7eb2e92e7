import { z } from "zod";

/**
 * So many requests of the hour are left alone, because as many may be under way when an answer says how it stands; of a
 * small limit, a fiftieth.
 */
const reserve = 100;

/** What GitHub's answers say of the hour's requests; a server without the limit says nothing. */
const hourHeaders = z.object({
  "x-ratelimit-resource": z.literal("core").optional(),
  "x-ratelimit-limit": z.coerce.number(),
  "x-ratelimit-remaining": z.coerce.number(),
  /** Seconds since the epoch. */
  "x-ratelimit-reset": z.coerce.number(),
});

/**
 * For how many milliseconds an installation has used up the requests of its hour, by the headers of an answer; 0 while there
 * is room. `now` in milliseconds.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
 */
export function hourUsedUpForMs(headers: unknown, now: number): number {
  const parsed = hourHeaders.safeParse(headers);
  if (!parsed.success) return 0;
  const { "x-ratelimit-limit": limit, "x-ratelimit-remaining": left, "x-ratelimit-reset": reset } = parsed.data;
  return left > Math.min(reserve, limit / 50) ? 0 : Math.max(0, reset * 1000 - now);
}
