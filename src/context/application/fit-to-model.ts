import type { Assembled } from "../domain/assemble-context.ts";
import { type Budget, budgetOf } from "../domain/context.ts";

/** Counts a text by the own tokenizer of the model, or of each of several: the largest count. Null where no host tells. */
export type CountByModel = (text: string) => Promise<number | null>;

/** What is left of the budget is worth another try from this share on. */
const worthMore = 0.05;
/** A count is no line: aimed at exactly, every second try would be over. */
const caution = 0.99;
/** The n-th try that is still over takes at least n times so much off: a dozen of them end at nothing. */
const step = 0.9;
/** No tokenizer of a model counts a third of what the estimate does. */
const mostGrowth = 3;

/** What a budget gave; `text` null: nothing can be made for so little. */
type Made<T> = { readonly value: T; readonly text: string | null };

/** `modelTokens` null: by the estimate and its margin alone. */
type Fitted<T> = { readonly value: T; readonly modelTokens: number | null };

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
  const make = (budget: Budget): Made<Assembled> => {
    const value = build(budget);
    return { value, text: value.kind === "context" ? value.context.text : null };
  };
  const { value, modelTokens } = await fitWithin(make, budgetTokens, countByModel);
  return value.kind === "context" && modelTokens !== null
    ? { kind: "context", context: { ...value.context, modelTokens } }
    : value;
}

/** The same of a text alone, which is empty where nothing fits. */
export async function fitTextToModel(
  build: (budget: Budget) => string,
  budgetTokens: number,
  countByModel: CountByModel | undefined,
): Promise<string> {
  const make = (budget: Budget): Made<string> => {
    const value = build(budget);
    return { value, text: value === "" ? null : value };
  };
  return (await fitWithin(make, budgetTokens, countByModel)).value;
}

async function fitWithin<T>(
  make: (budget: Budget) => Made<T>,
  budgetTokens: number,
  countByModel: CountByModel | undefined,
): Promise<Fitted<T>> {
  let budget = budgetOf(budgetTokens);
  let best: Fitted<T> | null = null;
  for (let attempt = 1; ; attempt++) {
    const { value, text } = make(budget);
    const tokens = text === null || countByModel === undefined ? null : await countByModel(text);
    if (tokens === null) return best ?? { value, modelTokens: null };
    const aimed = Math.floor((budget.limit * budgetTokens * caution) / Math.max(1, tokens));
    if (tokens <= budgetTokens) {
      const fits: Fitted<T> = { value, modelTokens: tokens };
      if (best !== null || aimed < budget.limit * (1 + worthMore)) return fits;
      best = fits;
      budget = { tokens: budgetTokens, limit: Math.min(aimed, budget.limit * mostGrowth) };
    } else if (best !== null) return best;
    else budget = { tokens: budgetTokens, limit: Math.min(aimed, Math.floor(budget.limit * step ** attempt)) };
  }
}
