import { type AgentEnd, settledStep } from "../../domain/agent/agent-run.ts";
import { emptyDraft } from "../implementation/empty-draft.ts";
import type { PromptCode } from "../implementation/prompt-code.ts";
import type { Member } from "../job.ts";
import type { Draft, SavedAgent, SavedState } from "../saved-state.ts";
import { late, type Session, stepEndsAt, until } from "../session.ts";
import { answersOf, type CheckBench } from "./agent-work.ts";
import { type LoopStart, runAgent } from "./run-agent.ts";

export type LoopCandidate = {
  readonly member: Member;
  /** The candidate that it revises; null for a draft. */
  readonly revises: string | null;
  /** The step whose time it has. */
  readonly step: "drafting" | "revising";
  /** Why there is no candidate where the loop ended so without changing anything. */
  readonly nothingBrought: Readonly<Record<AgentEnd, string>>;
  readonly start: LoopStart;
  readonly contextLength: number;
  readonly bench: CheckBench;
};

/**
 * What a member brings by its loop: its draft, or its revision. However the loop ends, what it has by then is the candidate:
 * also when its time, its turns or its tokens are over. A member that changed nothing abstains, with the reason.
 */
export async function candidateByLoop(session: Session, code: PromptCode, of: LoopCandidate): Promise<Draft> {
  const { notebook, deps } = session;
  const draft = emptyDraft(of.member, of.revises);
  const run = await begun(session, of);
  const { ended, message } = run.end ?? (await goOn());
  const last = run.steps.findLast(({ action, outcome }) => action === "edit" && outcome !== "repeated");
  const own = answersOf(run.steps);
  // Who finishes has seen what did not apply; a loop that was cut short may have meant to mend it.
  draft.problem = ended === "finished" || last?.outcome !== "failed" ? null : last.result.slice(0, 4_000);
  const said = ended === "finished" ? (run.steps.at(-1)?.result ?? "") : "";
  draft.summary = (await deps.prompting.redact(said)).slice(0, 1_000);
  const all = [...run.steps.map(({ tokens }) => tokens), run.lost];
  draft.tokens = { in: sum(all.map((each) => each.in)), out: sum(all.map((each) => each.out)) };
  if (own.length === 0) draft.abstained = message || whyNothing(run, ended, of);
  else draft.answers = [...of.start.answers, ...own];
  return draft;

  async function goOn() {
    const done = await until(session, stepEndsAt(session, of.step), (signal) =>
      runAgent(session, run, { ...of, code, id: draft.id }, signal),
    );
    const end = done === late ? { ended: "time" as const, message: "" } : done;
    await notebook.note(() => {
      run.end = end;
    });
    return end;
  }
}

/** Forgets what only the next turn of a member's loop would need: what it brought is in the notebook. */
export function settle(state: SavedState, { member, revises }: Pick<Draft, "member" | "revises">): void {
  const run = loopOf(state, member, revises);
  if (run !== undefined) run.steps = run.steps.map(settledStep);
}

/** The loop by which a member drafted, or revised the candidate with that id. */
export function loopOf({ agents }: SavedState, member: number, revises: string | null): SavedAgent | undefined {
  return agents.find((run) => run.member === member && (run.revises ?? null) === revises);
}

/** The member's loop in the notebook: the one that an earlier worker began, or a new one. */
async function begun({ notebook }: Session, { member, revises }: LoopCandidate): Promise<SavedAgent> {
  const saved = loopOf(notebook.state, member.number, revises);
  if (saved !== undefined) return saved;
  const about = revises === null ? {} : { revises };
  const run: SavedAgent = { member: member.number, ...about, end: null, steps: [], lost: { in: 0, out: 0 } };
  await notebook.note((state) => state.agents.push(run));
  return run;
}

function whyNothing({ steps }: SavedAgent, ended: AgentEnd, { nothingBrought }: LoopCandidate): string {
  const question = ended === "asked" ? steps.at(-1)?.result : undefined;
  return question === undefined ? nothingBrought[ended] : `It asks: ${question.slice(0, 500)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
