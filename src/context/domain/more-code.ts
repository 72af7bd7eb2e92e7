import type { ContextFacts } from "./assemble-context.ts";
import type { Candidate } from "./code/choose-code.ts";
import type { Shown } from "./code/show-symbol.ts";
import type { Context, CountTokens } from "./context.ts";
import { createFitting } from "./fit-candidates.ts";
import { candidatesBlock, pieceText } from "./render-blocks.ts";

/**
 * Code beside what a context shows, within so many tokens: the tests that cover it, or whatever else may matter. Members of
 * a council differ by it (COUNCIL.md: diversity by context slice). Empty where there is nothing more.
 */
export function moreCode(
  facts: ContextFacts,
  shown: Context | null,
  slice: "tests" | "wide",
  budgetTokens: number,
  countTokens: CountTokens,
): string {
  const whole = new Set(
    (shown?.blocks ?? []).flatMap(({ pieces }) => pieces.filter(({ form }) => form === "body").map(({ node }) => node)),
  );
  const candidates = (slice === "tests" ? facts.choice.tests : facts.choice.code).filter(({ key }) => !whole.has(key));
  const render = (candidate: Candidate, form: Shown) => {
    const text = pieceText(candidate, form, facts.linesOf(candidate.path));
    return { text, tokens: countTokens(`${text}\n\n`) };
  };
  const fitting = createFitting(render);
  fitting.place(candidates, budgetTokens);
  fitting.enlarge(candidates, budgetTokens - fitting.used());
  const title = "Further code that may matter";
  return candidatesBlock("code", title, fitting.placed, facts.commit, countTokens)?.text ?? "";
}
