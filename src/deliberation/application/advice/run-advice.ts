import { PermanentError } from "../../../kernel/errors.ts";
import { type AdviceRole, type AdviceSeat, adviceRoles, strayRemarks } from "../../domain/advice.ts";
import { diffLines, numberedDiff } from "../../domain/critique/diff-lines.ts";
import type { AdviceOutcome } from "../../domain/outcome.ts";
import { findAbleMembers, seatOf, tooSmallReason } from "../able-members.ts";
import { askDecision } from "../implementation/ask-decision.ts";
import { type PromptCode, promptCode } from "../implementation/prompt-code.ts";
import { openWorkspace, readSources } from "../implementation/workspace-of.ts";
import { contextFor, type Member } from "../job.ts";
import { plainFindings } from "../plain-findings.ts";
import { adviceAnswerSchema, advicePrompt } from "../prompts/advice-prompt.ts";
import { accountOf, late, type Session, timed, until } from "../session.ts";

const answerTokens = 1_500;

/** As much of a change is read, in characters; what the prompt shows of it is less. */
const longestDiff = 200_000;

type Change = { readonly diff: string; readonly codeFor: (role: AdviceRole) => Promise<PromptCode> };

/**
 * Advice on a change that people made: one seat a role, each with its role's context, which do not see each other. A finding counts only on a line of
 * the change; one retry names those that are not. A seat that fails is missing, with the reason, and nothing stands in for it.
 */
export async function runAdvice(session: Session): Promise<AdviceOutcome | { readonly nobody: string }> {
  const { job, notebook } = session;
  const able = await findAbleMembers(session);
  if (able.length === 0) return { nobody: tooSmallReason };
  await session.announce("drafting", `${adviceRoles.join(" and ")} read the change.`);
  const change = await readChange(session);
  const seats = await timed(session, "drafting", () =>
    Promise.all(
      adviceRoles.map(async (role, index): Promise<AdviceSeat> => {
        const known = notebook.state.advice.find((seat) => seat.role === role);
        if (known !== undefined) return known;
        const seat = await lookAt(session, role, seatOf(index, job.members, able), change);
        await notebook.note((state) => state.advice.push(seat));
        return seat;
      }),
    ),
  );
  const [first] = seats;
  if (seats.every(({ missing }) => missing !== null)) return { nobody: first?.missing ?? "Nobody looked." };
  await session.announce("selecting", "What was found is put together.");
  return conclude(session, seats);
}

async function readChange(session: Session): Promise<Change> {
  const { source } = session.job;
  if (source === null) throw new PermanentError("Advice on a change without a source repository.");
  const workspace = await openWorkspace(session, source.startSha, "advice");
  try {
    const diff = await workspace.diffSince(source.baseSha, longestDiff);
    const paths = await workspace.list();
    const files = await readSources(workspace, paths);
    return { diff, codeFor: (role) => promptCode(session, paths, files, contextFor(session.job, role)) };
  } finally {
    await workspace.close();
  }
}

async function lookAt(
  session: Session,
  role: AdviceRole,
  member: Member | undefined,
  { diff, codeFor }: Change,
): Promise<AdviceSeat> {
  const { job, deps } = session;
  const seat = (missing: string): AdviceSeat => ({
    role,
    model: member?.model ?? "",
    findings: [],
    dropped: 0,
    missing,
  });
  if (member === undefined) return seat("No model sat for this role.");
  const code = await codeFor(role);
  const shown = await deps.prompting.redact(numberedDiff(diffLines(diff)));
  const decision = await until(session, session.deadlineAt, (signal) =>
    askDecision(
      session,
      member,
      {
        name: "advice",
        schema: adviceAnswerSchema,
        maxTokens: answerTokens,
        problems: ({ findings }) => strayRemarks(findings, diff),
        prompt: async (size) =>
          `${code.prefix(size)}\n\n${await advicePrompt(job, role, shown.slice(0, size.diffLength), deps.prompting)}`,
      },
      signal,
    ),
  );
  if (decision === late) return seat("It was not ready at the deadline.");
  if (decision.kind === "left-out") return seat(decision.reason);
  const remarks = decision.value.findings.map((finding) => ({ ...finding, check: null, test: null }));
  const { findings, dropped } = await plainFindings(remarks, { checks: [], diff }, deps.prompting);
  return { ...seat(""), findings: [...findings], dropped, missing: null };
}

function conclude(session: Session, seats: readonly AdviceSeat[]): AdviceOutcome {
  const found = seats.map(
    ({ role, findings, missing }) => `${role}: ${missing === null ? findings.length : "missing"}`,
  );
  return {
    kind: "advice",
    headSha: session.job.source?.startSha ?? "",
    seats: [...seats],
    reason: `Findings by role: ${found.join("; ")}.`,
    ...accountOf(session),
  };
}
