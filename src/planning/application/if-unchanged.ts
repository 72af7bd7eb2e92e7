import { RetryableError } from "../../kernel/errors.ts";

/**
 * Runs work that rests on a story that was read before its transaction; null when the story has changed since then, and the
 * caller loads it for change instead. An engine that is away says so again there.
 */
export async function ifUnchanged<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RetryableError) return null;
    throw error;
  }
}
