import type { Transaction } from "../../kernel/transaction.ts";
import { beginningOfDay, type TokenAccount, type TokenLimits, type TokenScope } from "../domain/token-budget.ts";
import type { DeliberationUseCaseDeps, TokenFiguresOf } from "./use-case-ports.ts";

/** What a council's tokens count for; `task` null: for the story alone. */
export type CountedFor = { readonly repository: number; readonly story: string; readonly task: string | null };

/** How the tokens stand now of the task, the story and the day, wherever fleet.yml limits them (`limits`). */
export async function tokenAccounts(
  deps: Pick<DeliberationUseCaseDeps, "graph" | "deliberations" | "clock" | "configurationOf">,
  countedFor: CountedFor,
): Promise<readonly TokenAccount[]> {
  const { tokenLimits } = await deps.configurationOf(countedFor.repository);
  return deps.graph.read((tx) => accountsOf(deps, tx, countedFor, tokenLimits));
}

/** The same in the caller's transaction. */
export async function accountsOf(
  { deliberations, clock }: Pick<DeliberationUseCaseDeps, "deliberations" | "clock">,
  tx: Transaction,
  { repository, story, task }: CountedFor,
  limits: TokenLimits,
): Promise<readonly TokenAccount[]> {
  const accounts: TokenAccount[] = [];
  const add = async (scope: TokenScope, of: TokenFiguresOf, allowedFor: string | null) => {
    const limit = limits[scope];
    if (limit === null) return;
    const allowed = allowedFor === null ? 0 : await deliberations.tokensAllowed(tx, allowedFor);
    accounts.push({ scope, ...(await deliberations.tokenFigures(tx, of)), of: limit + allowed });
  };
  if (task !== null) await add("task", { story, task }, task);
  await add("story", { story }, story);
  await add("day", { repository, since: beginningOfDay(clock()) }, null);
  return accounts;
}
