import {
  isSettled,
  outcomesLeft,
  type Pair,
  type Panel,
  pairsToJudge,
  panelOf,
  type Vote,
  votesLeft,
} from "../../domain/judge.ts";
import type { Member } from "../job.ts";
import { judgeAnswerSchema, judgePrompt } from "../prompts/judge-prompt.ts";
import type { Checked } from "../saved-state.ts";
import { late, type Session, until } from "../session.ts";
import { askDecision } from "./ask-decision.ts";
import type { PromptCode, PromptSize } from "./prompt-code.ts";

const answerTokens = 300;

const brokenOff = { kind: "left-out", reason: "The other votes had settled the choice." } as const;

/**
 * Has the candidates judged that everything executed leaves tied (COUNCIL.md step 6): each pair by several members, in both
 * orders (`panelOf`). Where one gives no vote the next is asked. Without a tie nobody is asked. Every vote is kept as it
 * comes, so that a resumed worker pays for none twice. Once the votes that are in settle a pair, or the winner, the others
 * are broken off or not asked for; true where that happened.
 */
export async function judgeTies(
  session: Session,
  rows: readonly Checked[],
  code: PromptCode,
  able: readonly Member[],
): Promise<boolean> {
  const { state } = session.notebook;
  const disputes = pairsToJudge(rows).map((pair) => ({
    pair,
    panel: panelOf(able, pair),
    settled: new AbortController(),
  }));
  const stopWhatIsSettled = (): void => {
    const all = isSettled(rows, state.votes, disputes);
    for (const dispute of disputes) if (all || outcomesLeft(state.votes, dispute).length === 1) dispute.settled.abort();
  };
  // What an earlier worker has seen is not asked for again.
  stopWhatIsSettled();
  await Promise.all(
    disputes.map(({ pair, panel, settled }) =>
      judgePair({ session, code, settled: settled.signal, voted: stopWhatIsSettled }, pair, panel),
    ),
  );
  const brokeOff = state.votes.some(({ missing }) => missing === brokenOff.reason);
  return brokeOff || disputes.some((dispute) => votesLeft(state.votes, dispute) > 0);
}

type Judging = {
  readonly session: Session;
  readonly code: PromptCode;
  /** Aborted when no further vote can change the pair, or who wins. */
  readonly settled: AbortSignal;
  /** Called when a judge has voted. */
  readonly voted: () => void;
};

/** Every seat of the panel is one judge's that gives a vote; what is settled meanwhile is left. */
async function judgePair(judging: Judging, [a, b]: Pair<Checked>, { judges, seats }: Panel<Member>): Promise<void> {
  const waiting = [...judges];
  const seat = async (): Promise<void> => {
    while (!judging.settled.aborted) {
      const judge = waiting.shift();
      if (judge === undefined) return;
      const votes = await Promise.all([vote(judging, judge, a, b), vote(judging, judge, b, a)]);
      judging.voted();
      if (votes.every(({ missing }) => missing === null)) return;
    }
  };
  await Promise.all(Array.from({ length: seats }, seat));
}

async function vote(judging: Judging, judge: Member, first: Checked, second: Checked): Promise<Vote> {
  const { session } = judging;
  const { notebook } = session;
  const saved = notebook.state.votes.find(
    (each) => each.judge === judge.number && each.first === first.id && each.second === second.id,
  );
  if (saved !== undefined) return saved;
  const given = await askForVote(judging, judge, first, second);
  await notebook.note((state) => state.votes.push(given));
  return given;
}

async function askForVote(
  { session, code, settled }: Judging,
  judge: Member,
  first: Checked,
  second: Checked,
): Promise<Vote> {
  const { job, deps } = session;
  const blank = { first: first.id, second: second.id, judge: judge.number, model: judge.model, better: null };
  const missing = (reason: string): Vote => ({ ...blank, reason: "", missing: reason });
  const question = {
    name: "judgement" as const,
    schema: judgeAnswerSchema,
    maxTokens: answerTokens,
    prompt: async (size: PromptSize) => {
      const cut = (diff: string): string => diff.slice(0, size.diffLength / 2);
      const changes = { a: cut(first.diff), b: cut(second.diff) };
      return `${code.prefix(size)}\n\n${await judgePrompt(job, changes, deps.prompting)}`;
    },
  };
  // A judge is asked for its likeliest answer, whatever it drafts with.
  const decision = await until(session, session.deadlineAt, async (signal) => {
    try {
      return await askDecision(session, { ...judge, temperature: 0 }, question, AbortSignal.any([signal, settled]));
    } catch (error) {
      // Broken off by us: its answer could not change anything.
      if (settled.aborted && !signal.aborted) return brokenOff;
      throw error;
    }
  });
  if (decision === late) return missing("It was not ready at the deadline.");
  if (decision.kind === "left-out") return missing(decision.reason);
  const { better, reason } = decision.value;
  const plain = await deps.prompting.redact(deps.prompting.clean(reason));
  const said = plain.replace(/\s+/g, " ").slice(0, 300);
  return {
    ...blank,
    better: better === "A" ? first.id : better === "B" ? second.id : null,
    reason: said.replace(/\.$/, ""),
    missing: null,
  };
}
