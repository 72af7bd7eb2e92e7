import { isJudged, isSettled, judgesOf, type Pair, pairsToJudge, type Vote } from "../../domain/judge.ts";
import type { Member } from "../job.ts";
import { judgeAnswerSchema, judgePrompt } from "../prompts/judge-prompt.ts";
import type { Checked } from "../saved-state.ts";
import { late, type Session, until } from "../session.ts";
import { askDecision } from "./ask-decision.ts";
import type { PromptCode, PromptSize } from "./prompt-code.ts";

const answerTokens = 300;

const brokenOff = { kind: "left-out", reason: "The other votes had settled the choice." } as const;

/**
 * Has the candidates judged that everything executed leaves tied (COUNCIL.md step 6): each pair by one member that wrote
 * neither, in both orders. Where that one gives no vote the next is asked. Without a tie, or without anybody who may
 * judge, nobody is asked. Every vote is kept as it comes, so that a resumed worker pays for none twice. Once the votes that
 * are in settle the winner the others are broken off; true where that happened.
 */
export async function judgeTies(
  session: Session,
  rows: readonly Checked[],
  code: PromptCode,
  able: readonly Member[],
): Promise<boolean> {
  if (able.length === 0) return false;
  const { state } = session.notebook;
  const open = new Set(pairsToJudge(rows).filter((pair) => !isJudged(state.votes, pair)));
  const isOver = () => open.size > 0 && isSettled(rows, state.votes, [...open]);
  // What an earlier worker has seen is not asked for again.
  if (state.votes.length > 0 && isOver()) return true;
  const settled = new AbortController();
  const judging: Judging = { session, code, able, settled: settled.signal };
  await Promise.all(
    [...open].map(async (pair) => {
      await judgePair(judging, pair);
      open.delete(pair);
      if (isOver()) settled.abort();
    }),
  );
  return settled.signal.aborted;
}

type Judging = {
  readonly session: Session;
  readonly code: PromptCode;
  /** Who may be asked. */
  readonly able: readonly Member[];
  /** Aborted when no further vote can change who wins. */
  readonly settled: AbortSignal;
};

async function judgePair(judging: Judging, [a, b]: Pair<Checked>): Promise<void> {
  const { able, session } = judging;
  for (const judge of judgesOf(session.job.members, [a, b]).filter((member) => able.includes(member))) {
    const votes = await Promise.all([vote(judging, judge, a, b), vote(judging, judge, b, a)]);
    if (votes.every(({ missing }) => missing === null) || judging.settled.aborted) return;
  }
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
    prompt: (size: PromptSize) => {
      const cut = (diff: string): string => diff.slice(0, size.diffLength / 2);
      const changes = { a: cut(first.diff), b: cut(second.diff) };
      return `${code.prefix(size)}\n\n${judgePrompt(job, changes, deps.prompting)}`;
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
  const said = deps.prompting.redact(deps.prompting.clean(reason)).replace(/\s+/g, " ").slice(0, 300);
  return {
    ...blank,
    better: better === "A" ? first.id : better === "B" ? second.id : null,
    reason: said.replace(/\.$/, ""),
    missing: null,
  };
}
