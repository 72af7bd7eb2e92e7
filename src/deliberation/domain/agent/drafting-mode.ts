/** How a member drafts: in a loop of turns, by one answer, or by one function after one worked example. */
export type DraftingMode = "loop" | "one-shot" | "by-example";

/** A loop needs room for the case, the code that was read, and the edits; below it one answer does better (tokens). */
export const leastContext = 16_384;

/**
 * Models with fewer weights write prose where SEARCH/REPLACE is explained to them, and a right function after one worked
 * example (COUNCIL.md, "Talking to the models": measured with 135 million).
 */
const leastParameters = 1_000_000_000;

/** What a host says of a model, and what it can do with it; null where that is not known. */
export type ModelFacts = {
  readonly contextLength: number | null;
  readonly jsonSchema: boolean | null;
  readonly parameters: number | null;
};

/** Whether a model is known to be too small for the usual requests: it drafts by example, and is asked for nothing else. */
export function isTooSmall(parameters: number | null): boolean {
  return parameters !== null && parameters < leastParameters;
}

/** Whether a host can carry a loop: its context is long enough, and its answers keep to a JSON Schema. */
export function carriesLoop({ contextLength, jsonSchema }: Omit<ModelFacts, "parameters">): boolean {
  return (contextLength ?? 0) >= leastContext && jsonSchema === true;
}

/** How a member with a model drafts, by what is known of it; where nothing is, by one answer. */
export function draftingModeOf(facts: ModelFacts): DraftingMode {
  if (isTooSmall(facts.parameters)) return "by-example";
  return carriesLoop(facts) ? "loop" : "one-shot";
}
