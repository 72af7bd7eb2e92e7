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

/** Whether `written` holds exactly what `withMarker` makes of this text. People may have edited the visible part. */
export function isUpToDate(written: string | null | undefined, name: string, text: string): boolean {
  const same = written ?? "";
  return same.includes(hiddenMarker(name)) && same.includes(hiddenMarker(`hash ${contentHash(text)}`));
}
