import { budgetMargin, type CountTokens } from "./context.ts";
import { redactSecrets } from "./redact-secrets.ts";

/** A block before it is known whether it fits. */
export type Draft = {
  readonly name: string;
  readonly text: string;
  /** Ids of the graph's nodes that it was made from. */
  readonly provenance: readonly string[];
};

/** A text of blocks under a budget. */
export type BoundedText = {
  readonly blocks: readonly (Draft & { readonly tokens: number })[];
  readonly text: string;
  readonly tokens: number;
  readonly dropped: readonly { readonly name: string; readonly why: string }[];
};

/** As many of the drafts as fit, in their order, without secrets; what does not fit is left out, and the answer says so. */
export function fitDrafts(drafts: readonly Draft[], budgetTokens: number, countTokens: CountTokens): BoundedText {
  const limit = Math.max(0, Math.floor(budgetTokens * (1 - budgetMargin)));
  const blocks: (Draft & { tokens: number })[] = [];
  const dropped: { name: string; why: string }[] = [];
  let used = 0;
  for (const draft of drafts) {
    const { text } = redactSecrets(draft.text);
    // The separator between two blocks counts as well.
    const tokens = countTokens(`${text}\n\n`);
    if (used + tokens > limit) {
      dropped.push({ name: draft.name, why: `${tokens} tokens do not fit into the ${limit - used} that are left` });
      continue;
    }
    blocks.push({ ...draft, text, tokens });
    used += tokens;
  }
  return { blocks, text: blocks.map(({ text }) => text).join("\n\n"), tokens: used, dropped };
}
