import type { PlanTask } from "../../../kernel/plan.ts";
import type { PlanOutcome } from "../../domain/outcome.ts";
import { findAbleMembers, tooSmallReason } from "../able-members.ts";
import type { Member } from "../job.ts";
import { outlinePaths } from "../outline-paths.ts";
import type { ChatMessage } from "../ports.ts";
import { type PlanAnswer, planAnswerSchema, planPrompt, planRetryPrompt, tasksOf } from "../prompts/plan-prompt.ts";
import { sharedPrefix, systemPrompt } from "../prompts/shared-prefix.ts";
import type { SavedState } from "../saved-state.ts";
import { ask, late, type Session, timed, until } from "../session.ts";

type SavedPlan = SavedState["plans"][number];

const answerTokens = 3_000;

/**
 * A planning council: every member whose model is not too small proposes, the validator of planning judges, one retry with its problems. The first
 * valid plan with the fewest tasks is taken (they all cover everything); the others stay in the record as dissent.
 */
export async function runPlan(session: Session): Promise<PlanOutcome | { readonly nobody: string }> {
  const { notebook } = session;
  const able = await findAbleMembers(session);
  if (able.length === 0) return { nobody: `${tooSmallReason} People type the plan.` };
  await session.announce("drafting", `${able.length} members propose a plan.`);
  const paths = await outlinePaths(session);
  const prefix = await sharedPrefix(session.job.context.text, paths, session.deps.prompting);
  const plans = await timed(session, "drafting", () =>
    Promise.all(
      able.map(async (member) => {
        const saved = notebook.state.plans.find(({ attempt }) => attempt.member === member.number);
        if (saved !== undefined) return saved;
        const plan = await propose(session, member, prefix);
        await notebook.note((state) => state.plans.push(plan));
        return plan;
      }),
    ),
  );
  if (plans.every(({ failed }) => failed)) {
    return { nobody: `No member answered: ${plans[0]?.attempt.problems[0] ?? "no members"}` };
  }
  await session.announce("selecting", "The plans are compared.");
  return conclude(session, plans);
}

async function propose(session: Session, member: Member, prefix: string): Promise<SavedPlan> {
  const { job, deps } = session;
  const brought = (problems: readonly string[], answer: PlanAnswer | null, failed = false): SavedPlan => ({
    attempt: { member: member.number, model: member.model, problems: [...problems], tasks: answer?.tasks.length ?? 0 },
    answer,
    failed,
  });
  const messages: ChatMessage[] = [
    { role: "system", content: systemPrompt },
    { role: "user", content: `${prefix}\n\n${await planPrompt(job, deps.prompting)}` },
  ];
  const result = await until(session, session.deadlineAt, async (signal) => {
    let last = brought(["The member brought no plan."], null);
    for (let turn = 1; turn <= 2; turn++) {
      const answer = await ask(session, member, messages, {
        prompt: "plan",
        maxTokens: answerTokens,
        schema: { name: "plan", schema: planAnswerSchema },
        signal,
      });
      if (answer.kind === "failed") return turn === 1 ? brought([answer.message], null, true) : last;
      const problems =
        answer.value === null
          ? answer.problems
          : deps.validatePlan(tasksOf(answer.value, job.story.criteria), job.story.criteria.length);
      last = brought(problems, answer.value);
      if (problems.length === 0) return last;
      messages.push(
        { role: "assistant", content: answer.text.slice(0, 20_000) },
        { role: "user", content: planRetryPrompt(problems) },
      );
    }
    return last;
  });
  return result === late ? brought(["It was not ready at the deadline."], null, true) : result;
}

async function conclude(session: Session, plans: readonly SavedPlan[]): Promise<PlanOutcome> {
  const { state } = session.notebook;
  const valid = plans.flatMap(({ attempt, answer }) =>
    answer !== null && attempt.problems.length === 0
      ? [{ attempt, answer, tasks: tasksOf(answer, session.job.story.criteria) }]
      : [],
  );
  const [best] = [...valid].sort((a, b) => a.tasks.length - b.tasks.length || a.attempt.member - b.attempt.member);
  const dissent = valid.filter((each) => each !== best).map(({ attempt, tasks }) => describe(attempt.model, tasks));
  const others = dissent.length === 0 ? [] : [`Other valid proposals: ${dissent.join("; ")}.`];
  const { prompting } = session.deps;
  const said = [prompting.clean(best?.answer.rationale ?? ""), ...others].filter((part) => part !== "").join("\n\n");
  const [first] = plans;
  return {
    kind: "plan",
    tasks: best === undefined ? null : [...best.tasks],
    rationale: await prompting.redact(said),
    reason:
      best === undefined
        ? `No member brought a valid plan: ${first?.attempt.problems[0] ?? "no members"}`
        : `${valid.length} of ${plans.length} proposals are valid; member ${best.attempt.member}'s covers everything with the fewest tasks (${best.tasks.length}).`,
    member: best?.attempt.member ?? null,
    model: best?.attempt.model ?? null,
    attempts: plans.map(({ attempt }) => attempt),
    tokens: { ...state.tokens },
    hosts: { ...state.hosts },
    ms: session.deps.clock() - state.startedAt,
    statistics: {
      passAt1: first?.attempt.problems.length === 0,
      oracleAtK: best !== undefined,
      chosenPassed: best !== undefined,
      members: session.job.members.length,
      candidates: plans.filter(({ answer }) => answer !== null).length,
      calls: state.calls,
      msByStep: { ...state.msByStep },
      prompts: { ...state.prompts },
    },
  };
}

function describe(model: string, tasks: readonly PlanTask[]): string {
  return `${model} proposes ${tasks.length} tasks (${tasks.map(({ title }) => title).join(", ")})`;
}
