import { type Candidate, checkOf } from "../../deliberation/domain/candidate.ts";
import { type CheckResult, type CheckStatus, checkNames } from "../../deliberation/domain/check-result.ts";
import type { ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
import { codeSpan, fencedText, inlineText, quotedText, visibleCode } from "./safe-text.ts";

const marks = { passed: "✅", failed: "❌", skipped: "–", "not-run": "⚪" } as const satisfies Record<
  CheckStatus,
  string
>;

/**
 * Candidates × checks, the winner first, with the reason why each other one lost below (COUNCIL.md, "Publish"). Checks that
 * the repository does not have take no column.
 */
export function candidateTable(outcome: ImplementationOutcome): string {
  const { candidates, winner } = outcome;
  if (candidates.length === 0) return "No candidate was made.";
  const columns = checkNames.filter((name) =>
    candidates.some((candidate) => (checkOf(candidate, name)?.status ?? "skipped") !== "skipped"),
  );
  const rows = candidates.map((candidate) => [
    `**${inlineText(candidate.id, 20)}**${candidate.id === winner ? " 🏆" : ""}`,
    codeSpan(candidate.model),
    ...columns.map((name) => cell(checkOf(candidate, name))),
    String(candidate.diffLines),
  ]);
  const reasons = candidates
    .filter((candidate) => candidate.id !== winner)
    .map((candidate) => `- **${inlineText(candidate.id, 20)}**: ${reasonOf(candidate)}`);
  return [markdownTable(["candidate", "model", ...columns, "lines"], rows), reasons.join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

function cell(check: CheckResult | null): string {
  if (check === null) return marks["not-run"];
  const count = check.total === null ? "" : ` ${check.passed ?? 0}/${check.total}`;
  return `${marks[check.status]}${count}`;
}

/** Why it lost, and the first failing check in its own words where that is not the reason already. */
function reasonOf(candidate: Candidate): string {
  const { why } = candidate;
  const failed = candidate.checks.find((check) => check.status === "failed");
  const isSaid = failed === undefined || why.includes(failed.summary);
  return `${inlineText(why, 200)}${isSaid ? "" : ` (${failed.name}: ${inlineText(failed.summary, 200)})`}`;
}

/** What the candidates wrote and what failed, collapsed; the losing ones too. */
export function candidateDetails(candidate: Candidate, won: boolean): string {
  const failures = candidate.checks
    .filter((check) => check.status === "failed")
    .map(
      (check) =>
        `**${check.name}**: ${inlineText(check.summary)}\n\n${check.detail === "" ? "" : fencedText(visibleCode(check.detail), "text", 4_000)}`,
    );
  const text = [
    candidate.summary === "" ? "" : quotedText(candidate.summary, 1_000),
    ...failures,
    candidate.diff === "" ? "It changed nothing." : fencedText(visibleCode(candidate.diff), "diff", 12_000),
  ].filter((part) => part !== "");
  const name = `${won ? "Winner" : "Candidate"} ${inlineText(candidate.id, 20)}`;
  return collapsed(
    `${name}: ${inlineText(candidate.model, 60)}, temperature ${candidate.temperature}`,
    text.join("\n\n"),
  );
}
