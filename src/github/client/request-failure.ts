import { z } from "zod";
import { RetryableError } from "../../kernel/errors.ts";

/**
 * Octokit's `RequestError`, by shape: the class may be there in several copies, so `instanceof` would miss some.
 * `response` is absent when no answer came (network, timeout); Octokit then says status 500.
 */
const requestError = z.object({
  name: z.literal("HttpError"),
  message: z.string(),
  status: z.number(),
  response: z.object({ headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()) }).optional(),
});

type RequestFailure = z.infer<typeof requestError>;

function parseFailure(error: unknown): RequestFailure | null {
  if (!(error instanceof Error)) return null;
  const parsed = requestError.safeParse(error);
  return parsed.success ? parsed.data : null;
}

/** The HTTP status of a failed GitHub request; null when no answer came or when it is another kind of error. */
export function statusOf(error: unknown): number | null {
  const failure = parseFailure(error);
  return failure?.response === undefined ? null : failure.status;
}

/** Awaits a read whose 404 means "there is none": then the answer is null. Every other failure is thrown on. */
export async function nullWhenMissing<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/**
 * Whether the answer says that this GitHub does not have the feature, or that this App may not use it: 403 (not by a
 * limit), 404, 405, 410, 501. GitHub Enterprise Server of another version, switched-off features and GitHub-compatible
 * servers answer so; asking again changes nothing.
 */
export function isLacking(error: unknown): boolean {
  const failure = parseFailure(error);
  if (failure?.response === undefined || isRateLimited(failure)) return false;
  return lacking.includes(failure.status);
}

const lacking: readonly number[] = [403, 404, 405, 410, 501];

/** Awaits a call of a feature that the road can do without: null where GitHub lacks it. Every other failure is thrown on. */
export async function nullWhenLacking<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isLacking(error)) return null;
    throw error;
  }
}

/** Back-off in milliseconds where GitHub names none: a minute after a rate limit, seconds after a server fault. */
const backOff = { limited: 60_000, fault: 2_000 } as const;

/**
 * What a failed GitHub request means for the job that made it: server faults, timeouts and rate limits come back as a
 * `RetryableError` that honours `retry-after` and `x-ratelimit-reset`; every other error is returned as it is.
 * `now` in milliseconds.
 */
export function asJobError(error: unknown, now: number): unknown {
  const failure = parseFailure(error);
  if (failure === null) return error;
  const limitedMs = limitedForMs(error, now);
  if (limitedMs !== null) return new RetryableError("GitHub's rate limit is reached", limitedMs, { cause: error });
  // 501 says that there is no such thing: no waiting mends it.
  if (failure.response === undefined || (failure.status >= 500 && failure.status !== 501)) {
    const after = retryAfterMs(failure) ?? backOff.fault;
    return new RetryableError(`GitHub did not answer as it should (${failure.status})`, after, { cause: error });
  }
  return error;
}

/**
 * For how many milliseconds GitHub wants to be left alone, when a failed request says that a rate limit was reached; null
 * for every other error. `retry-after` says it, for the primary limit `x-ratelimit-reset`; where both are left out it is
 * a minute.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function limitedForMs(error: unknown, now: number): number | null {
  const failure = parseFailure(error);
  if (failure === null || !isRateLimited(failure)) return null;
  const headers = failure.response?.headers ?? {};
  const untilReset = Number(headers["x-ratelimit-reset"] ?? 0) * 1000 - now;
  const primary = headers["x-ratelimit-remaining"]?.toString() === "0" && untilReset > 0 ? untilReset : backOff.limited;
  return retryAfterMs(failure) ?? primary;
}

/** `retry-after` is in seconds. */
function retryAfterMs(failure: RequestFailure): number | null {
  const seconds = Number(failure.response?.headers["retry-after"] ?? 0);
  return seconds > 0 ? seconds * 1000 : null;
}

function isRateLimited(failure: RequestFailure): boolean {
  if (failure.status === 429) return true;
  if (failure.status !== 403) return false;
  const headers = failure.response?.headers ?? {};
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"]?.toString() === "0" ||
    /rate limit/i.test(failure.message)
  );
}
