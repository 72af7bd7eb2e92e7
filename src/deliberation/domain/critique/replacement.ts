import { z } from "zod";
import type { DiffLine } from "./diff-lines.ts";

/** A replacement takes the place of so many lines at most, has so many at most, and this many characters in all. */
export const mostLines = 10;
const longestReplacement = 2_000;

/** What lines of the changed file should read instead. Code of a model's own: untrusted. */
export const replacementSchema = z.object({
  path: z.string(),
  /** The first and the last line that it stands for, 1-based, as the file has them after the change. */
  from: z.int().min(1),
  to: z.int().min(1),
  /** The new lines, without the last one's end. */
  text: z.string().min(1).max(longestReplacement),
});

export type Replacement = z.infer<typeof replacementSchema>;

/** A replacement as a model proposes it. */
export type Proposed = {
  readonly path: string;
  readonly line: number;
  /** The last line that it stands for; null where it is the one. */
  readonly lastLine: number | null;
  /** The new lines; null or empty where it proposes none. */
  readonly lines: readonly string[] | null;
};

/**
 * Keeps a proposed replacement where a click may apply it: every line that it stands for is in the diff after the change,
 * it is bounded, and it says something else than these lines. Null for everything else; the finding stands without it.
 * Whether it hides something is asked elsewhere (`plainFindings`).
 */
export function keptReplacement(
  { path, line, lastLine, lines }: Proposed,
  diff: readonly DiffLine[],
): Replacement | null {
  const to = lastLine ?? line;
  if (lines === null || to < line || to - line >= mostLines) return null;
  const now = diff.filter((each) => each.path === path && each.line !== null && each.line >= line && each.line <= to);
  if (now.length !== to - line + 1) return null;
  const text = withoutEnds(lines.join("\n"));
  const old = withoutEnds(now.map((each) => each.text.slice(1)).join("\n"));
  const isBounded = text.length <= longestReplacement && text.split("\n").length <= mostLines;
  if (text === "" || !isBounded || text === old) return null;
  return { path, from: line, to, text };
}

/** Without the blanks at the ends of lines, which nobody sees, and without blank lines at the end. */
function withoutEnds(text: string): string {
  return text.replace(/[ \t\r]+$/gm, "").trimEnd();
}
