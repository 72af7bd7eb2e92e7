import type { OutlineBlock } from "./story-outline.ts";

/** The three parts of a value statement, in their order, and what to write for each. */
const parts = [
  { name: "As a …", opening: /(?:^|[.:;!?"“]\s*)as an?\b/i, heading: /^as an?\b/i },
  {
    name: "I want …",
    opening: /\bi(?:\s+(?:want|need|wish|can|would\s+like)\b|['’]d\s+like\b)/i,
    heading: /^i (?:want|need)\b/i,
  },
  { name: "so that …", opening: /\bso\s+that\b/i, heading: /^so that\b/i },
] as const;

/**
 * The parts of a value statement (as a … I want … so that …) that a story lacks, as they are written; empty when it is
 * complete. The parts stand in one paragraph or list item, over consecutive ones below one heading, or each under a
 * heading of an issue form.
 */
export function missingValueParts(blocks: readonly OutlineBlock[]): readonly string[] {
  const candidates = [...passages(blocks), formSections(blocks)].map(missingIn);
  return candidates.reduce(
    (best, missing) => (missing.length < best.length ? missing : best),
    [...parts.map((part) => part.name)],
  );
}

function missingIn(text: string): string[] {
  let rest = text;
  const missing: string[] = [];
  for (const part of parts) {
    const match = part.opening.exec(rest);
    const after = match === null ? "" : rest.slice(match.index + match[0].length);
    if (match === null || !/[\p{L}\p{N}]/u.test(after)) {
      missing.push(part.name);
    } else {
      rest = after;
    }
  }
  return missing;
}

/** The text below each heading. */
function passages(blocks: readonly OutlineBlock[]): readonly string[] {
  const texts: string[][] = [[]];
  for (const block of blocks) {
    if (block.kind === "heading") {
      texts.push([]);
    } else if (block.kind === "line" || block.kind === "item") {
      texts.at(-1)?.push(block.text);
    }
  }
  return texts.flatMap((lines) => [lines.join(" "), ...lines]).filter((text) => text !== "");
}

/** An issue form's sections "As a", "I want", "So that", as one text. */
function formSections(blocks: readonly OutlineBlock[]): string {
  const words: string[] = [];
  let inForm = false;
  for (const block of blocks) {
    if (block.kind === "heading") {
      inForm = parts.some((part) => part.heading.test(block.text));
      if (inForm) {
        words.push(`. ${block.text}`);
      }
    } else if (inForm && (block.kind === "line" || block.kind === "item")) {
      words.push(block.text);
    }
  }
  return words.join(" ");
}
