import { toIso } from "../../kernel/clock.ts";
import { leftOf } from "../domain/council-budget.ts";
import { accountsOf } from "./budget-accounts.ts";
import type { DeliberationUseCaseDeps, TokensUsed } from "./use-case-ports.ts";

/** Something beside the councils that wants tokens of a story; `tokens` at most, in and out. */
export type WantsTokens = Pick<TokensUsed, "id" | "repository" | "story"> & { readonly tokens: number };

/** What it used: it counts for the story and for the day (UTC) on which it got its tokens. */
export type Settle = (used: Pick<TokensUsed, "tokens" | "ms">) => Promise<void>;

/**
 * Holds tokens of a story for what is no council; null where fleet.yml's limit of the story or the day leaves less than it
 * wants. Who dies before it settles has used all of them.
 */
export async function holdTokens(
  deps: Pick<DeliberationUseCaseDeps, "graph" | "deliberations" | "clock" | "configurationOf">,
  { id, repository, story, tokens }: WantsTokens,
): Promise<Settle | null> {
  const { limits } = await deps.configurationOf(repository);
  const use: TokensUsed = { id, repository, story, at: toIso(deps.clock()), held: tokens, tokens: null, ms: 0 };
  const isHeld = await deps.graph.write(async (tx) => {
    await deps.deliberations.lockTokens(tx, repository);
    const accounts = await accountsOf(deps, tx, { repository, story, task: null }, limits);
    const least = { tokens, minutes: 1 };
    if (accounts.some((account) => leftOf(account) < least[account.unit])) return false;
    await deps.deliberations.saveUse(tx, use);
    return true;
  });
  if (!isHeld) return null;
  return (used) => deps.graph.write((tx) => deps.deliberations.saveUse(tx, { ...use, ...used }));
}
