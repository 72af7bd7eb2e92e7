import { type AgentEnd, settledStep } from "../../domain/agent/agent-run.ts";
import { emptyDraft } from "../implementation/empty-draft.ts";
import type { PromptCode } from "../implementation/prompt-code.ts";
import type { Member } from "../job.ts";
import type { Draft, SavedAgent, SavedState } from "../saved-state.ts";
import { late, type Session, stepEndsAt, until } from "../session.ts";
import { answersOf, type CheckBench } from "./agent-work.ts";
import { runAgent } from "./run-agent.ts";

const nothingBrought: Readonly<Record<AgentEnd, string>> = {
  finished: "It finished without a change.",
  asked: "It asked a question instead.",
  turns: "It changed nothing in all its turns.",
  tokens: "Its tokens were used up before it changed anything.",
  time: "It was not ready when the time for drafting was over.",
  "no-progress": "It repeated itself and changed nothing.",
  unreadable: "Its answers were no decisions.",
  model: "Its model failed.",
};

/**
 * One member's draft by its loop. However the loop ends, what it has by then is the candidate: also when its time, its
 * turns or its tokens are over. A member that changed nothing abstains, with the reason.
 */
export async function draftByAgent(
  session: Session,
  member: Member,
  code: PromptCode,
  how: { readonly contextLength: number; readonly bench: CheckBench },
): Promise<Draft> {
  const { notebook, deps } = session;
  const draft = emptyDraft(member, null);
  const run = await begun(session, member);
  const { ended, message } = run.end ?? (await goOn());
  const last = run.steps.findLast(({ action, outcome }) => action === "edit" && outcome !== "repeated");
  draft.answers = [...answersOf(run.steps)];
  // Who finishes has seen what did not apply; a loop that was cut short may have meant to mend it.
  draft.problem = ended === "finished" || last?.outcome !== "failed" ? null : last.result.slice(0, 4_000);
  draft.summary = ended === "finished" ? deps.prompting.redact(run.steps.at(-1)?.result ?? "").slice(0, 1_000) : "";
  const all = [...run.steps.map(({ tokens }) => tokens), run.lost];
  draft.tokens = { in: sum(all.map((each) => each.in)), out: sum(all.map((each) => each.out)) };
  if (draft.answers.length === 0) draft.abstained = message || whyNothing(run, ended);
  return draft;

  async function goOn() {
    const done = await until(session, stepEndsAt(session, "drafting"), (signal) =>
      runAgent(session, member, run, { ...how, code, id: draft.id }, signal),
    );
    const end = done === late ? { ended: "time" as const, message: "" } : done;
    await notebook.note(() => {
      run.end = end;
    });
    return end;
  }
}

/** Forgets what only the next turn of a member's loop would need: its draft is in the notebook. */
export function settle(state: SavedState, member: number): void {
  const run = state.agents.find((each) => each.member === member);
  if (run !== undefined) run.steps = run.steps.map(settledStep);
}

/** The member's loop in the notebook: the one that an earlier worker began, or a new one. */
async function begun({ notebook }: Session, member: Member): Promise<SavedAgent> {
  const saved = notebook.state.agents.find((run) => run.member === member.number);
  if (saved !== undefined) return saved;
  const run: SavedAgent = { member: member.number, end: null, steps: [], lost: { in: 0, out: 0 } };
  await notebook.note((state) => state.agents.push(run));
  return run;
}

function whyNothing({ steps }: SavedAgent, ended: AgentEnd): string {
  const question = ended === "asked" ? steps.at(-1)?.result : undefined;
  return question === undefined ? nothingBrought[ended] : `It asks: ${question.slice(0, 500)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
