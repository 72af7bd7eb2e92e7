import type { ContextFacts } from "./assemble-context.ts";
import type { Context, CountTokens } from "./context.ts";
import { fitCode } from "./fit-code.ts";
import { codeBlock, frameOf, shownName } from "./render-blocks.ts";
import { codeBlockOf } from "./unplaced.ts";

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
  const candidates = facts.candidates.filter(
    (each) => codeBlockOf(each) === (slice === "tests" ? "tests" : "code") && !whole.has(shownName(each.entry.key)),
  );
  const { commit, linesOf } = facts;
  const title = "Further code that may matter";
  const fitting = fitCode(candidates, {
    linesOf,
    countTokens,
    frameOf,
    room: budgetTokens - countTokens(`${title}\n\n`),
  });
  return codeBlock("code", title, fitting.placed(), { commit, linesOf, countTokens })?.text ?? "";
}
