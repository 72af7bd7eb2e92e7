import { toIso } from "../../kernel/clock.ts";
import type { EventBody, EventSubject } from "../../kernel/event.ts";
import type { FailingCheck } from "../../kernel/failing-check.ts";
import { createEvent } from "../../kernel/new-event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { AgentRun } from "../domain/agent/agent-run.ts";
import { failingOf } from "../domain/candidate.ts";
import { type Deliberation, proposalId, type TokenUse } from "../domain/deliberation.ts";
import { isAhead, isFinalStatus } from "../domain/deliberation-status.ts";
import type { DeliberationReport } from "./job.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

export type RecordDeps = Pick<
  DeliberationUseCaseDeps,
  "graph" | "deliberations" | "events" | "newId" | "clock" | "committed"
>;

/**
 * Writes what a worker reported into the graph, with the events of an end, in one transaction. Reports may come twice,
 * late and in any order: a status never moves backwards, and an end is recorded once. What a stopped one had used up is
 * known only afterwards, from its worker.
 */
export async function recordReport(deps: RecordDeps, report: DeliberationReport): Promise<void> {
  const ended = await deps.graph.write(async (tx) => {
    const deliberation = await deps.deliberations.loadForChange(tx, report.deliberationId);
    if (deliberation === null) return false;
    if (isFinalStatus(deliberation.status)) {
      await accountLate(deps, tx, deliberation, report);
      return false;
    }
    if (report.kind === "progress") {
      if (!isAhead(deliberation.status, report.status)) return false;
      await deps.deliberations.save(tx, { ...deliberation, status: report.status, note: report.note });
      return false;
    }
    await endDeliberation(deps, tx, deliberation, report);
    return true;
  });
  if (ended) deps.committed?.();
}

async function accountLate(deps: RecordDeps, tx: Transaction, ended: Deliberation, report: DeliberationReport) {
  const used = report.kind === "progress" ? null : usedBy(report);
  if (used !== null && ended.used === null) await deps.deliberations.save(tx, { ...ended, used });
}

function usedBy(report: End): TokenUse | null {
  if (report.kind === "failed") return report.used ?? null;
  const { tokens, hosts, ms } = report.outcome;
  return { tokens, ms, ...(hosts === undefined ? {} : { hosts }) };
}

type End = Exclude<DeliberationReport, { kind: "progress" }>;

/** Records an end with its events, in the caller's transaction; the deliberation was loaded for change and runs. */
export async function endDeliberation(
  deps: RecordDeps,
  tx: Transaction,
  deliberation: Deliberation,
  report: End,
): Promise<void> {
  const now = deps.clock();
  const finished = report.kind === "finished" ? report.outcome : null;
  await deps.deliberations.save(tx, {
    ...deliberation,
    status: report.kind === "finished" ? "completed" : report.status,
    note: report.kind === "finished" ? report.outcome.reason : report.reason,
    endedAt: toIso(now),
    outcome: finished,
    used: usedBy(report),
    agents: report.agents ?? [],
  });
  const { correlationId, installation, repository, story, task } = deliberation;
  const subject: EventSubject = { installation, repository, story, task };
  const context = { now, producer: "deliberation", subject, correlationId, causationId: deliberation.causationId };
  await deps.events(
    tx,
    [...deniedCalls(report.agents ?? []), ...bodies(deliberation, report)].map((body) =>
      createEvent(body, { id: deps.newId(), ...context }),
    ),
  );
}

function bodies({ id, kind, round }: Deliberation, report: End): readonly EventBody[] {
  const common = { deliberationId: id, kind };
  if (report.kind === "failed") {
    const { reason } = report;
    const failed: EventBody = { type: "deliberation.failed", payload: { ...common, reason } };
    return kind === "implementation" ? [failed, workFailed(id, round, reason)] : [failed];
  }
  const { outcome } = report;
  const { reason } = outcome;
  if (outcome.kind === "plan") {
    return [{ type: "deliberation.completed", payload: { ...common, winner: null, reason, plan: outcome.tasks } }];
  }
  if (outcome.kind === "review") {
    const { reviews } = outcome;
    const payload = { ...common, winner: null, reason, plan: null, reviews };
    return [{ type: "deliberation.completed", payload }];
  }
  if (outcome.kind === "advice")
    return [{ type: "deliberation.completed", payload: { ...common, winner: null, reason, plan: null } }];
  const winner = outcome.winner === null ? null : proposalId(id, outcome.winner);
  const best = outcome.candidates.find((candidate) => candidate.id === outcome.best);
  const completed: EventBody = {
    type: "deliberation.completed",
    payload: { ...common, winner, reason, plan: null },
  };
  const work: EventBody =
    winner === null
      ? workFailed(id, round, reason, best === undefined ? [] : failingOf(proposalId(id, best.id), best))
      : { type: "agent.work.completed", payload: { deliberationId: id, round, proposalId: winner } };
  return [completed, work];
}

/** So many calls that L1 refused leave an event each; the record of the deliberation holds all of them. */
const mostDenials = 50;

/** The calls of an agent that its role may not make (DOMAIN.md §4): they leave an audit record. */
function deniedCalls(agents: readonly AgentRun[]): readonly EventBody[] {
  return agents.flatMap(deniedOf).slice(0, mostDenials);
}

function deniedOf({ role, member, revises, steps }: AgentRun): readonly EventBody[] {
  return steps.flatMap(({ action, refusals }) =>
    refusals.map(
      ({ path, reason }): EventBody => ({
        type: "access.denied",
        payload: {
          principal: { kind: "agent", role, number: member },
          action: action === "edit" ? "write" : (action ?? ""),
          state: revises === undefined ? "drafting" : "revising",
          reason: "role-missing",
          text: path === "" ? reason : `${path}: ${reason}`,
          deliveryId: null,
        },
      }),
    ),
  );
}

function workFailed(
  deliberationId: string,
  round: number,
  reason: string,
  failing: readonly FailingCheck[] = [],
): EventBody {
  const known = failing.length === 0 ? {} : { failing: [...failing] };
  return { type: "agent.work.failed", payload: { deliberationId, round, reason, ...known } };
}
