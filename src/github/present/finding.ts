import type { CritiqueFinding } from "../../deliberation/domain/critique/finding.ts";
import { fencedText } from "./safe-text.ts";

/** A remark of a round's review. */
export type Finding = {
  /** Markdown, safe already. */
  readonly text: string;
  /** Where it belongs; null where it names no line. */
  readonly place: FindingPlace | null;
  /** What the lines should read instead, without the last line's end; null where no replacement is known. */
  readonly replacement: string | null;
};

/** Lines of a file as it stands after the change, 1-based. `from` is absent for a single line. */
export type FindingPlace = { readonly path: string; readonly from?: number; readonly line: number };

/** A round's review has at most this many findings (COUNCIL.md, "Publish"). */
export const maxFindings = 5;

/** A finding on a line, or on the lines that a replacement would take the place of. `text`: Markdown, safe already. */
export function lineFinding(
  { path, line }: { readonly path: string; readonly line: number },
  text: string,
  replacement: CritiqueFinding["replacement"],
): Finding {
  if (replacement === null) return { text, place: { path, line }, replacement: null };
  const { from, to } = replacement;
  return { text, place: { path, ...(from === to ? {} : { from }), line: to }, replacement: replacement.text };
}

/** A finding as an inline comment, with a suggestion that a click applies where the replacement is known. */
export function inlineFinding(finding: Finding): string {
  const { text, replacement } = finding;
  return replacement === null ? text : `${text}\n\n${fencedText(replacement, "suggestion")}`;
}

/** A finding in the review's own text, where GitHub takes no comment on its line. */
export function listedFinding({ text, place }: Finding): string {
  return place === null ? `- ${text}` : `- \`${place.path.replaceAll("`", "'")}:${place.line}\` ${text}`;
}
