import type { Assembled } from "../domain/assemble-context.ts";
import { type Budget, budgetOf } from "../domain/context.ts";

/** Counts a text by the model's own tokenizer; null where no host tells. */
export type CountByModel = (text: string) => Promise<number | null>;

/** What is left of the budget is worth another try from this share on. */
const worthMore = 0.05;
/** A count is no line: aimed at exactly, every second try would be over. */
const caution = 0.99;
/** Each try that is still over takes at least so much off. */
const step = 0.9;

/**
 * Builds a context that the model's own tokenizer counts within the budget. What is built is estimated; its whole text is
 * then counted, and built again for less until it fits, or once for more where much is left. Without a tokenizer the
 * estimate's margin stands.
 */
export async function fitToModel(
  build: (budget: Budget) => Assembled,
  budgetTokens: number,
  countByModel: CountByModel | undefined,
): Promise<Assembled> {
  let budget = budgetOf(budgetTokens);
  let best: Assembled | null = null;
  for (;;) {
    const assembled = build(budget);
    if (assembled.kind === "too-small" || countByModel === undefined) return best ?? assembled;
    const tokens = await countByModel(assembled.context.text);
    if (tokens === null) return build(budgetOf(budgetTokens));
    const aimed = Math.floor((budget.limit * budgetTokens * caution) / Math.max(1, tokens));
    if (tokens <= budgetTokens) {
      const fits: Assembled = { kind: "context", context: { ...assembled.context, modelTokens: tokens } };
      if (best !== null || aimed < budget.limit * (1 + worthMore)) return fits;
      best = fits;
      budget = { tokens: budgetTokens, limit: Math.min(aimed, budget.limit * mostGrowth) };
    } else if (best !== null) return best;
    else budget = { tokens: budgetTokens, limit: Math.min(aimed, Math.floor(budget.limit * step)) };
  }
}

/** No tokenizer of a model counts a third of what the estimate does. */
const mostGrowth = 3;
