import { createHash } from "node:crypto";

/** A short hash of a text: the same text is never written twice. */
export function contentHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** A line that readers do not see, by which the App finds its own comment, issue or review again. */
export function hiddenMarker(name: string): string {
  return `<!-- fleet:${name.replaceAll("--", "- -")} -->`;
}

/** The text with its marker in front and the hash of the text behind. */
export function withMarker(name: string, text: string): string {
  return `${hiddenMarker(name)}\n${text}\n\n${hiddenMarker(`hash ${contentHash(text)}`)}`;
}

/**
 * Whether `written` begins with this marker. Only the beginning counts: behind it stand texts of people and models, which
 * may hold a copy of any marker.
 */
export function hasMarker(written: string | null | undefined, name: string): boolean {
  return written?.trimStart().startsWith(hiddenMarker(name)) ?? false;
}

/** Whether `written` holds exactly what `withMarker` makes of this text. People may have edited the visible part. */
export function isUpToDate(written: string | null | undefined, name: string, text: string): boolean {
  const hash = hiddenMarker(`hash ${contentHash(text)}`);
  return hasMarker(written, name) && (written?.trimEnd().endsWith(hash) ?? false);
}
