import type { Held } from "../../domain/code/posting-lists.ts";

/**
 * A list as one text, `number:weight,…` in base 36: a tenth of what a list of keys takes in either engine, which keep each
 * element as a value of its own, and as quick to read. Its order is the list's.
 */
export function packPostings(best: readonly Held[]): string {
  return best.map(({ document, weight }) => `${document.toString(36)}:${weight.toString(36)}`).join(",");
}

/** The first entries of a packed list. */
export function unpackPostings(text: string, most: number): readonly Held[] {
  if (text === "") return [];
  return text
    .split(",", most)
    .map((entry) => entry.split(":"))
    .map(([document = "", weight = ""]) => ({
      document: Number.parseInt(document, 36),
      weight: Number.parseInt(weight, 36),
    }));
}
