import type { Candidate, FileChange } from "../../domain/candidate.ts";
import type { AcceptanceTest, ImplementationOutcome } from "../../domain/outcome.ts";
import { select } from "../../domain/select.ts";
import type { BaseRun, Checked } from "../saved-state.ts";
import type { Session } from "../session.ts";
import type { Cleared } from "./acceptance-cell.ts";

/** The outcome: selection, the tests that go with the published change, and the statistics. */
export function conclude(session: Session, base: BaseRun, { acceptance, checked }: Cleared): ImplementationOutcome {
  const { state } = session.notebook;
  const selection = select(checked);
  const published = selection.winner ?? selection.best;
  const candidates = selection.ranking.flatMap(({ id, rank, lostAt, why }): readonly Candidate[] => {
    const row = checked.find((each) => each.id === id);
    if (row === undefined) return [];
    const { acceptance: _, ...candidate } = row;
    const changes = id === published ? withAcceptance(candidate.changes, acceptance) : candidate.changes;
    return [{ ...candidate, changes, rank, lostAt, why: why.slice(0, 1_500) }];
  });
  const abstained = [...state.drafts, ...state.revisions]
    .filter((draft) => draft.abstained !== null)
    .map(({ member, abstained: reason, revises }) => ({
      member,
      model: modelOf(session, member),
      reason: `${revises === null ? "" : "Revision: "}${reason ?? ""}`,
    }));
  const ms = session.deps.clock() - state.startedAt;
  return {
    kind: "implementation",
    candidates,
    winner: selection.winner,
    best: selection.best,
    reason: withSandbox(session, selection.reason).slice(0, 2_000),
    acceptance: [...acceptance],
    abstained,
    preexistingFailures: base.failing.slice(0, 200),
    sandbox: session.deps.checks.sandbox ?? (session.job.trusted ? "trusted" : null),
    tokens: { ...state.tokens },
    ms,
    statistics: {
      passAt1: firstPassed(session, checked, selection.winner),
      oracleAtK: selection.winner !== null,
      chosenPassed: selection.winner !== null,
      members: session.job.members.length,
      candidates: candidates.length,
      calls: state.calls,
      msByStep: { ...state.msByStep },
    },
  };
}

/** The kept tests of this round join the change; a candidate's own version of an acceptance test is never published. */
function withAcceptance(changes: readonly FileChange[], acceptance: readonly AcceptanceTest[]): FileChange[] {
  const kept = acceptance.filter(({ status }) => status === "kept");
  const others = changes.filter(({ path }) => !kept.some((test) => test.path === path));
  const added = kept
    .filter(({ reason }) => reason !== "Kept from an earlier round.")
    .map(
      ({ path, content }): FileChange => ({ path, mode: "100644", content: Buffer.from(content).toString("base64") }),
    );
  return [...others, ...added].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function firstPassed(session: Session, checked: readonly Checked[], winner: string | null): boolean {
  const first = session.job.members[0];
  const draft = checked.find(({ member, revises }) => member === first?.number && revises === null);
  return winner !== null && draft !== undefined && select([draft]).winner !== null;
}

function modelOf(session: Session, number: number): string {
  return session.job.members.find((member) => member.number === number)?.model ?? "";
}

function withSandbox(session: Session, reason: string): string {
  const runs = session.deps.checks.sandbox !== null || session.job.trusted;
  return runs ? reason : `${reason} There is no sandbox, so no code was run.`;
}
