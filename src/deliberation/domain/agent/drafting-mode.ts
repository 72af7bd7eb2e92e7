/** How a member drafts: in a loop of turns, or by one answer. */
export type DraftingMode = "loop" | "one-shot";

/** A loop needs room for the case, the code that was read, and the edits; below it one answer does better (tokens). */
export const leastContext = 16_384;

/**
 * How a member with a model drafts, by what its host can do: in a loop where its context is long enough and its answers
 * keep to a JSON Schema; else, and where that is not known, by one answer.
 */
export function draftingModeOf(can: {
  readonly contextLength: number | null;
  readonly jsonSchema: boolean | null;
}): DraftingMode {
  return (can.contextLength ?? 0) >= leastContext && can.jsonSchema === true ? "loop" : "one-shot";
}
