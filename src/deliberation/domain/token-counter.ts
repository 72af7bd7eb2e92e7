/**
 * Who counted the tokens of a context: the members' own tokenizers, the largest count of all; or, where a host does not
 * tell, another's, beside which a margin is left free.
 */
export const tokenCounters = ["models", "estimate"] as const;

export type TokenCounter = (typeof tokenCounters)[number];
