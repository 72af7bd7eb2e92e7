import type { Candidate } from "./code/choose-code.ts";
import type { LeftOut } from "./context.ts";
import type { fitCode } from "./fit-code.ts";
import { shownName } from "./render-blocks.ts";

const mostLeftOut = 60;

/** The block that a candidate stands in. */
export function codeBlockOf({ entry }: Candidate): "code" | "tests" {
  return entry.test ? "tests" : "code";
}

/** What was chosen of the code and is not shown, or not whole, with the reason: the best 60. */
export function unplaced(candidates: readonly Candidate[], fitting: ReturnType<typeof fitCode>): readonly LeftOut[] {
  const shown = new Map(fitting.placed().map((each) => [each.candidate.entry.key, each]));
  const whyNot = (candidate: Candidate): string | null => {
    const own = shown.get(candidate.entry.key);
    if (own !== undefined && (own.form !== "outline" || !candidate.isMain)) return null;
    const lines = fitting.hiddenLines(candidate);
    if (lines === 0) return own === undefined ? "shown as part of what holds it" : null;
    if (!candidate.isMain) return "its name does not fit into what is left";
    const needs = lines === 1 ? "1 line" : `${lines} lines`;
    return own === undefined ? `${needs} that do not fit into what is left` : `its body: ${needs} more`;
  };
  const left: LeftOut[] = [];
  for (const candidate of candidates) {
    if (left.length === mostLeftOut) break;
    const why = whyNot(candidate);
    if (why !== null) left.push({ block: codeBlockOf(candidate), node: shownName(candidate.entry.key), why });
  }
  return left;
}
