import { cutMarkdown } from "./cut-markdown.ts";

/** GitHub's limit for a comment, a body and a check run's summary: 65,535 characters, less room for hidden markers. */
export const maxMarkdown = 65_000;

/** A piece of a text; the lower `priority`, the longer it stays. 0 always stays. */
export type Section = { readonly text: string; readonly priority: number };

/**
 * Joins sections with blank lines. When they are too long together, whole sections go, the highest priority number
 * first and the last of equals first, and a line says how many. What must stay is cut when it is too long by itself.
 */
export function fitSections(sections: readonly Section[], max = maxMarkdown): string {
  let kept = sections.filter((section) => section.text !== "");
  const total = kept.length;
  const lengthOf = (parts: readonly Section[]) => parts.reduce((sum, part) => sum + part.text.length + 2, 120);
  while (lengthOf(kept) > max) {
    const worst = Math.max(...kept.map((section) => section.priority));
    if (worst === 0) break;
    const index = kept.findLastIndex((section) => section.priority === worst);
    kept = kept.filter((_, at) => at !== index);
  }
  const text = kept.map((section) => section.text).join("\n\n");
  const left = total - kept.length;
  if (left === 0) return cutMarkdown(text, max);
  const note = `_${left} ${left === 1 ? "part is" : "parts are"} left out: the text would be too long for GitHub._`;
  return `${cutMarkdown(text, max - note.length - 2)}\n\n${note}`;
}
