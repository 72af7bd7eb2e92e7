import { type Candidate, checkOf } from "../../deliberation/domain/candidate.ts";
import { type CheckResult, type CheckStatus, checkNames } from "../../deliberation/domain/check-result.ts";
import type { ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
import { codeSpan, fencedText, inlineText, quotedText } from "./safe-text.ts";

const marks = { passed: "✅", failed: "❌", skipped: "–", "not-run": "⚪" } as const satisfies Record<
  CheckStatus,
  string
>;

/** Candidates × checks, with the reason for each one's place below (COUNCIL.md, "Publish"). */
export function candidateTable(outcome: ImplementationOutcome): string {
  if (outcome.candidates.length === 0) return "No candidate was made.";
  const rows = outcome.candidates.map((candidate) => [
    `**${inlineText(candidate.id, 20)}**${candidate.id === outcome.winner ? " 🏆" : ""}`,
    `${codeSpan(candidate.model)} · T ${candidate.temperature}`,
    ...checkNames.map((name) => cell(checkOf(candidate, name))),
    String(candidate.diffLines),
  ]);
  const reasons = outcome.candidates.map(
    (candidate) => `- **${inlineText(candidate.id, 20)}**: ${reasonOf(candidate)}`,
  );
  return `${markdownTable(["candidate", "member", ...checkNames, "lines"], rows)}\n\n${reasons.join("\n")}`;
}

function cell(check: CheckResult | null): string {
  if (check === null) return marks["not-run"];
  const count = check.total === null ? "" : ` ${check.passed ?? 0}/${check.total}`;
  return `${marks[check.status]}${count}`;
}

/** Why it won or lost, and the first failing check in its own words. */
function reasonOf(candidate: Candidate): string {
  const failed = candidate.checks.find((check) => check.status === "failed");
  const evidence = failed === undefined ? "" : ` (${failed.name}: ${inlineText(failed.summary, 200)})`;
  return `${inlineText(candidate.why, 300)}${evidence}`;
}

/** What the candidates wrote and what failed, collapsed; the losing ones too. */
export function candidateDetails(candidate: Candidate, won: boolean): string {
  const failures = candidate.checks
    .filter((check) => check.status === "failed")
    .map(
      (check) =>
        `**${check.name}**: ${inlineText(check.summary)}\n\n${check.detail === "" ? "" : fencedText(check.detail, "", 4_000)}`,
    );
  const text = [
    candidate.summary === "" ? "" : quotedText(candidate.summary, 1_000),
    ...failures,
    candidate.diff === "" ? "It changed nothing." : fencedText(candidate.diff, "diff", 12_000),
  ].filter((part) => part !== "");
  return collapsed(`${won ? "winner" : "candidate"} ${inlineText(candidate.id, 20)}`, text.join("\n\n"));
}
