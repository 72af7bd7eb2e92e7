import type { Candidate } from "./code/choose-code.ts";
import type { LeftOut } from "./context.ts";
import type { createFitting } from "./fit-candidates.ts";
import { shownName } from "./render-blocks.ts";

/** What was chosen of the code and is not shown, or not whole, with the reason. */
export function unplaced(
  block: "code" | "tests",
  candidates: readonly Candidate[],
  fitting: ReturnType<typeof createFitting>,
): readonly LeftOut[] {
  return candidates.flatMap((candidate) => {
    const node = shownName(candidate.key);
    const shown = fitting.placed.get(candidate.key)?.shown;
    const [body] = candidate.forms;
    if (body === undefined || shown === body) return [];
    if (shown === undefined && fitting.isCovered(candidate))
      return [{ block, node, why: "shown as part of what holds it" }];
    const tokens = fitting.cost(candidate, shown === undefined ? (candidate.forms.at(-1) ?? body) : body);
    const needs = Number.isFinite(tokens) ? `${tokens} tokens` : "more than the whole budget";
    return [{ block, node, why: shown === undefined ? `does not fit: takes ${needs}` : `its body: takes ${needs}` }];
  });
}
