import { judgesOf, type Pair, pairsToJudge, type Vote } from "../../domain/judge.ts";
import type { Member } from "../job.ts";
import { judgeAnswerSchema, judgePrompt } from "../prompts/judge-prompt.ts";
import type { Checked } from "../saved-state.ts";
import { late, type Session, until } from "../session.ts";
import { askDecision } from "./ask-decision.ts";
import type { PromptCode, PromptSize } from "./prompt-code.ts";

const answerTokens = 300;

/**
 * Has the candidates judged that everything executed leaves tied (COUNCIL.md step 6): each pair by one member that wrote
 * neither, in both orders. Where that one gives no vote the next is asked. Without a tie, or without anybody who may
 * judge, nobody is asked. Every vote is kept as it comes, so that a resumed worker pays for none twice.
 */
export async function judgeTies(session: Session, rows: readonly Checked[], code: PromptCode): Promise<void> {
  await Promise.all(pairsToJudge(rows).map((pair) => judgePair(session, pair, code)));
}

async function judgePair(session: Session, [a, b]: Pair<Checked>, code: PromptCode): Promise<void> {
  for (const judge of judgesOf(session.job.members, [a, b])) {
    const votes = await Promise.all([vote(session, judge, a, b, code), vote(session, judge, b, a, code)]);
    if (votes.every(({ missing }) => missing === null)) return;
  }
}

async function vote(session: Session, judge: Member, first: Checked, second: Checked, code: PromptCode): Promise<Vote> {
  const { notebook } = session;
  const saved = notebook.state.votes.find(
    (each) => each.judge === judge.number && each.first === first.id && each.second === second.id,
  );
  if (saved !== undefined) return saved;
  const given = await askForVote(session, judge, first, second, code);
  await notebook.note((state) => state.votes.push(given));
  return given;
}

async function askForVote(
  session: Session,
  judge: Member,
  first: Checked,
  second: Checked,
  code: PromptCode,
): Promise<Vote> {
  const { job, deps } = session;
  const blank = { first: first.id, second: second.id, judge: judge.number, model: judge.model, better: null };
  const missing = (reason: string): Vote => ({ ...blank, reason: "", missing: reason });
  const question = {
    name: "judgement",
    schema: judgeAnswerSchema,
    maxTokens: answerTokens,
    prompt: (size: PromptSize) => {
      const cut = (diff: string): string => diff.slice(0, size.diffLength / 2);
      const changes = { a: cut(first.diff), b: cut(second.diff) };
      return `${code.prefix(size)}\n\n${judgePrompt(job, changes, deps.prompting)}`;
    },
  };
  // A judge is asked for its likeliest answer, whatever it drafts with.
  const decision = await until(session, session.deadlineAt, (signal) =>
    askDecision(session, { ...judge, temperature: 0 }, question, signal),
  );
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
