import { PermanentError } from "../../../kernel/errors.ts";
import { diffLines, numberedDiff } from "../../domain/critique/diff-lines.ts";
import type { Critique } from "../../domain/critique/finding.ts";
import type { PeerReview } from "../../domain/critique/peers.ts";
import { plainFindings } from "../plain-findings.ts";
import { critiqueAnswerSchema, critiquePrompt } from "../prompts/critique-prompt.ts";
import type { Checked } from "../saved-state.ts";
import { late, type Session, stepEndsAt, until } from "../session.ts";
import { askDecision } from "./ask-decision.ts";
import { failedChecks } from "./failed-checks.ts";
import type { PromptCode } from "./prompt-code.ts";

const answerTokens = 1_500;

/**
 * The round of critique (COUNCIL.md step 5): each reviewer looks at one peer's candidate, all at once. What it finds
 * counts only with evidence. A reviewer that fails or is late is left out with the reason; each finished critique is kept,
 * so that a resumed worker asks the others only.
 */
export async function critiqueAll(
  session: Session,
  reviews: readonly PeerReview[],
  rows: readonly Checked[],
  code: PromptCode,
): Promise<readonly Critique[]> {
  const { notebook } = session;
  return Promise.all(
    reviews.map(async (review): Promise<Critique> => {
      const saved = notebook.state.critiques.find(({ reviewer }) => reviewer === review.reviewer);
      if (saved !== undefined) return saved;
      const critique = await critiqueOne(session, review, rows, code);
      await notebook.note((state) => state.critiques.push(critique));
      return critique;
    }),
  );
}

async function critiqueOne(
  session: Session,
  { reviewer, candidate }: PeerReview,
  rows: readonly Checked[],
  code: PromptCode,
): Promise<Critique> {
  const { job, deps } = session;
  const member = job.members.find(({ number }) => number === reviewer);
  const row = rows.find(({ id }) => id === candidate);
  if (member === undefined || row === undefined) throw new PermanentError("A critique by or of nobody.");
  const missing = (reason: string): Critique => ({
    reviewer,
    model: member.model,
    candidate,
    findings: [],
    dropped: 0,
    missing: reason,
  });
  const diff = numberedDiff(diffLines(row.diff));
  const checks = failedChecks(row.checks);
  const decision = await until(session, stepEndsAt(session, "critiquing"), (signal) =>
    askDecision(
      session,
      member,
      {
        name: "critique",
        schema: critiqueAnswerSchema,
        maxTokens: answerTokens,
        prompt: async (size) => {
          const shown = { id: candidate, diff: diff.slice(0, size.diffLength), checks };
          return `${code.prefix(size)}\n\n${await critiquePrompt(job, shown, deps.prompting)}`;
        },
      },
      signal,
    ),
  );
  if (decision === late) return missing("It was not ready when the time for critique was over.");
  if (decision.kind === "left-out") return missing(decision.reason);
  const { findings, dropped } = await plainFindings(decision.value.findings, row, deps.prompting);
  return { ...missing(""), findings: [...findings], dropped, missing: null };
}
