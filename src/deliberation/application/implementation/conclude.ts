import type { Candidate, FileChange } from "../../domain/candidate.ts";
import { judgeBy } from "../../domain/judge.ts";
import type { Abstention, AcceptanceTest, EarlyStop, ImplementationOutcome } from "../../domain/outcome.ts";
import { select } from "../../domain/select.ts";
import type { BaseRun, Checked } from "../saved-state.ts";
import type { Session } from "../session.ts";
import type { Cleared } from "./acceptance-cell.ts";

/** The outcome: selection, the tests that go with the published change, and the statistics. */
export function conclude(
  session: Session,
  base: BaseRun,
  { acceptance, checked }: Cleared,
  earlyStops: readonly EarlyStop[],
): ImplementationOutcome {
  const { state } = session.notebook;
  const selection = select(checked, state.votes.length === 0 ? null : judgeBy(checked, state.votes));
  const published = selection.winner ?? selection.best;
  const candidates = selection.ranking.flatMap(({ id, rank, lostAt, why }): readonly Candidate[] => {
    const row = checked.find((each) => each.id === id);
    if (row === undefined) return [];
    const { acceptance: _, ...candidate } = row;
    const changes = id === published ? withAcceptance(candidate.changes, acceptance) : candidate.changes;
    return [{ ...candidate, changes, rank, lostAt, why: why.slice(0, 1_500) }];
  });
  const ms = session.deps.clock() - state.startedAt;
  return {
    kind: "implementation",
    candidates,
    winner: selection.winner,
    best: selection.best,
    reason: withCircumstances(session, selection.reason, earlyStops).slice(0, 2_000),
    acceptance: [...acceptance],
    abstained: leftOut(session),
    critiques: state.critiques.filter(({ missing }) => missing === null),
    votes: [...state.votes],
    preexistingFailures: base.failing.slice(0, 200),
    sandbox: session.deps.checks.sandbox ?? (session.job.trusted ? "trusted" : null),
    tokens: { ...state.tokens },
    hosts: { ...state.hosts },
    ms,
    statistics: {
      passAt1: firstPassed(session, checked, selection.winner),
      oracleAtK: selection.winner !== null,
      chosenPassed: selection.winner !== null,
      members: session.job.members.length,
      candidates: candidates.length,
      calls: state.calls,
      msByStep: { ...state.msByStep },
      prompts: { ...state.prompts },
      earlyStops: [...earlyStops],
    },
  };
}

/**
 * The tests that were written now join the change; those that stand in the repository or the branch stay as they are. A
 * candidate's own version of an acceptance test is never published.
 */
function withAcceptance(changes: readonly FileChange[], acceptance: readonly AcceptanceTest[]): FileChange[] {
  const kept = acceptance.filter(({ status }) => status === "kept");
  const others = changes.filter(({ path }) => !kept.some((test) => test.path === path));
  const added = kept
    .filter(({ from }) => from === "council")
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

/** Who was left out of which step, and why. */
function leftOut(session: Session): Abstention[] {
  const { drafts, revisions, critiques } = session.notebook.state;
  const left = (step: Abstention["step"], member: number, reason: string | null): readonly Abstention[] =>
    reason === null ? [] : [{ member, model: modelOf(session, member), step, reason }];
  return [
    ...drafts.flatMap(({ member, abstained }) => left("draft", member, abstained)),
    ...critiques.flatMap(({ reviewer, missing }) => left("critique", reviewer, missing)),
    ...revisions.flatMap(({ member, abstained }) => left("revision", member, abstained)),
  ];
}

/** Selection's reason, with how many members it rests on where some were left out, and whether code was run. */
function withCircumstances(session: Session, reason: string, earlyStops: readonly EarlyStop[]): string {
  const { deps, job, notebook } = session;
  const brought = notebook.state.drafts.filter(({ abstained }) => abstained === null).length;
  const [all, runs] = [job.members.length, deps.checks.sandbox !== null || job.trusted];
  const quorum = brought === all ? "" : ` ${brought} of ${all} members brought a candidate.`;
  const votes = earlyStops.includes("votes") ? " The other votes could not change that and were not waited for." : "";
  return `${reason}${votes}${quorum}${runs ? "" : " There is no sandbox, so no code was run."}`;
}
