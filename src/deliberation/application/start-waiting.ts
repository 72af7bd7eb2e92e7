import { type BudgetAccount, usedUp } from "../domain/council-budget.ts";
import type { Deliberation } from "../domain/deliberation.ts";
import { budgetAccounts } from "./budget-accounts.ts";
import { recordReport } from "./record-report.ts";
import { noModelReason, requestDeliberation, waitingNote } from "./request-deliberation.ts";
import { stillWanted } from "./still-wanted.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/**
 * Starts what waits for a budget wherever there are some again: after midnight UTC, once a limit is raised, or when a council
 * ended that held more than it used. In each repository those that were asked for first go first. It may be called at any
 * time, also for one story alone; returns how many began.
 * @throws what kept one of them from starting; the others are not kept by it.
 */
export async function startWaiting(deps: DeliberationUseCaseDeps, story?: string): Promise<number> {
  const all = await deps.graph.read((tx) => deps.deliberations.waiting(tx));
  const waiting = all.filter((each) => story === undefined || each.story === story);
  const failures: unknown[] = [];
  let begun = 0;
  for (const deliberation of waiting) {
    try {
      begun += (await startOne(deps, deliberation)) ? 1 : 0;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return begun;
}

async function startOne(deps: DeliberationUseCaseDeps, deliberation: Deliberation): Promise<boolean> {
  const accounts = deliberation.grant === null ? await budgetAccounts(deps, deliberation) : [];
  if (usedUp(accounts).length > 0) {
    await noteAnew(deps, deliberation, accounts);
    return false;
  }
  const wanted = await stillWanted(deps, deliberation);
  // Nobody waits for it any more: what took its task, plan or ceremony away ends it by its own event.
  if (wanted === null) return false;
  const requested = await requestDeliberation(deps, wanted);
  if (requested.kind === "no-model") {
    const { id: deliberationId } = deliberation;
    await recordReport(deps, { kind: "failed", deliberationId, status: "failed", reason: noModelReason });
  }
  return requested.kind === "requested";
}

/** What it waits for is another limit than before, or the figures are others: its note says so. */
async function noteAnew(deps: DeliberationUseCaseDeps, { id, note }: Deliberation, accounts: readonly BudgetAccount[]) {
  const now = waitingNote(accounts);
  if (now === note) return;
  await deps.graph.write(async (tx) => {
    const present = await deps.deliberations.loadForChange(tx, id);
    if (present?.status !== "waiting" || present.grant !== null) return;
    await deps.deliberations.save(tx, { ...present, note: now });
  });
}
