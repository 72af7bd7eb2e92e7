import type { TaskType } from "./states.ts";

/**
 * Of the other tasks of a plan those that write the code that a task's tests ask for: each that covers one of its criteria
 * and is no task of type `test` itself (COUNCIL.md, "test-first tasks").
 */
export function writersOf<T extends { readonly type: TaskType; readonly covers: readonly number[] }>(
  covers: readonly number[],
  others: readonly T[],
): readonly T[] {
  return others.filter((other) => other.type !== "test" && other.covers.some((number) => covers.includes(number)));
}
