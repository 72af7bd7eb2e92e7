import type { Transaction } from "../../kernel/transaction.ts";
import {
  type BudgetAccount,
  type BudgetScope,
  beginningOfDay,
  budgetUnits,
  type ScopeLimits,
} from "../domain/council-budget.ts";
import type { BudgetFiguresOf, CouncilLimits, DeliberationUseCaseDeps } from "./use-case-ports.ts";

/** What a council's use counts for; `task` null: for the story alone. */
export type CountedFor = { readonly repository: number; readonly story: string; readonly task: string | null };

/** How the budgets of the task, the story and the day stand now, wherever fleet.yml limits them (`limits`). */
export async function budgetAccounts(
  deps: Pick<DeliberationUseCaseDeps, "graph" | "deliberations" | "clock" | "configurationOf">,
  countedFor: CountedFor,
): Promise<readonly BudgetAccount[]> {
  const { limits } = await deps.configurationOf(countedFor.repository);
  return deps.graph.read((tx) => accountsOf(deps, tx, countedFor, limits));
}

/** The same in the caller's transaction. */
export async function accountsOf(
  { deliberations, clock }: Pick<DeliberationUseCaseDeps, "deliberations" | "clock">,
  tx: Transaction,
  { repository, story, task }: CountedFor,
  limits: CouncilLimits,
): Promise<readonly BudgetAccount[]> {
  const accounts: BudgetAccount[] = [];
  const add = async (scope: BudgetScope, of: BudgetFiguresOf, allowedFor: string | null) => {
    const limited = budgetUnits.filter((unit) => limits[unit][scope] !== null);
    if (limited.length === 0) return;
    const { ms, ...figures } = await deliberations.budgetFigures(tx, of);
    const allowed = allowedFor === null ? null : await deliberations.allowed(tx, allowedFor);
    for (const unit of limited)
      accounts.push({ scope, unit, ...figures[unit], of: (limits[unit][scope] ?? 0) + (allowed?.[unit] ?? 0), ms });
  };
  if (task !== null) await add("task", { story, task }, task);
  await add("story", { story }, story);
  await add("day", { repository, since: beginningOfDay(clock()) }, null);
  return accounts;
}

/** Whether anything is limited at all. */
export function isLimited(limits: CouncilLimits): boolean {
  const isSet = (of: ScopeLimits) => Object.values(of).some((limit) => limit !== null);
  return budgetUnits.some((unit) => isSet(limits[unit]));
}
