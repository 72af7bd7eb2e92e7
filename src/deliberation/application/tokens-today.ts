import type { Transaction } from "../../kernel/transaction.ts";
import { beginningOfDay, type DayAccount } from "../domain/day-budget.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/** How the day's tokens of a repository stand now; null where fleet.yml sets no limit (`limits.tokens-a-day`). */
export async function tokensToday(
  deps: Pick<DeliberationUseCaseDeps, "graph" | "deliberations" | "clock" | "configurationOf">,
  repository: number,
): Promise<DayAccount | null> {
  const { tokensADay } = await deps.configurationOf(repository);
  if (tokensADay === null) return null;
  return deps.graph.read((tx) => accountOfDay(deps, tx, repository, tokensADay));
}

/** The same in the caller's transaction; `alone` as in `Deliberations.tokensSince`. */
export async function accountOfDay(
  { deliberations, clock }: Pick<DeliberationUseCaseDeps, "deliberations" | "clock">,
  tx: Transaction,
  repository: number,
  of: number,
  alone = false,
): Promise<DayAccount> {
  return { ...(await deliberations.tokensSince(tx, repository, beginningOfDay(clock()), alone)), of };
}
