import { type Candidate, checkOf } from "../../deliberation/domain/candidate.ts";
import { type CheckResult, type CheckStatus, checkNames } from "../../deliberation/domain/check-result.ts";
import { type Critique, evidenceText } from "../../deliberation/domain/critique/finding.ts";
import type { ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
import { codeSpan, fencedText, inlineText, quotedText, visibleCode } from "./safe-text.ts";

const marks = { passed: "✅", failed: "❌", skipped: "–", "not-run": "⚪" } as const satisfies Record<
  CheckStatus,
  string
>;

/**
 * Candidates × checks, the winner first, with the reason why each other one lost below, and what peers found (COUNCIL.md,
 * "Publish"). Checks that the repository does not have take no column.
 */
export function candidateTable(outcome: ImplementationOutcome): string {
  const { candidates, winner } = outcome;
  if (candidates.length === 0) return "No candidate was made.";
  const columns = checkNames.filter((name) =>
    candidates.some((candidate) => (checkOf(candidate, name)?.status ?? "skipped") !== "skipped"),
  );
  const rows = candidates.map((candidate) => [
    `**${inlineText(candidate.id, 20)}**${revisionNote(candidate)}${candidate.id === winner ? " 🏆" : ""}`,
    codeSpan(candidate.model),
    ...columns.map((name) => cell(checkOf(candidate, name))),
    String(candidate.diffLines),
  ]);
  const reasons = candidates
    .filter((candidate) => candidate.id !== winner)
    .map((candidate) => `- **${inlineText(candidate.id, 20)}**: ${reasonOf(candidate)}`);
  return [
    markdownTable(["candidate", "model", ...columns, "lines"], rows),
    reasons.join("\n"),
    newTestsLines(candidates),
    critiqueLine(outcome.critiques),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function revisionNote({ revises }: Candidate): string {
  return revises === null ? "" : `, revised from ${inlineText(revises, 20)}`;
}

/** Of candidates that consist of tests: what these do where the code is as it was, and what they cover; "" for others. */
function newTestsLines(candidates: readonly Candidate[]): string {
  const lines = candidates.flatMap(({ id, checks }) => {
    const check = checkOf({ checks }, "acceptance");
    if (check?.counts !== "criteria" || check.status !== "passed") return [];
    return [`- **${inlineText(id, 20)}**: ${inlineText(check.summary)}`];
  });
  return lines.length === 0
    ? ""
    : ["The task asks for tests; the column acceptance counts the criteria that they cover:", "", ...lines].join("\n");
}

/** How much peers found on which candidate, and how much of what they said did not count; "" without critique. */
function critiqueLine(critiques: readonly Critique[]): string {
  if (critiques.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { candidate, findings } of critiques)
    if (findings.length > 0) counts.set(candidate, (counts.get(candidate) ?? 0) + findings.length);
  const found = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, count]) => `${count} ${count === 1 ? "point" : "points"} on **${inlineText(id, 20)}**`);
  const dropped = critiques.reduce((sum, critique) => sum + critique.dropped, 0);
  const said =
    found.length === 0
      ? "Peers looked at each other's candidates and found nothing that counts."
      : `Peers found, with evidence: ${found.join(", ")}.`;
  if (dropped === 0) return said;
  return `${said} ${dropped} ${dropped === 1 ? "remark was" : "remarks were"} left out: without evidence, or said twice.`;
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

/** What the candidates wrote, what failed and what peers found, collapsed; the losing ones too. */
export function candidateDetails(candidate: Candidate, won: boolean, critiques: readonly Critique[]): string {
  const failures = candidate.checks
    .filter((check) => check.status === "failed")
    .map(
      (check) =>
        `**${check.name}**: ${inlineText(check.summary)}\n\n${check.detail === "" ? "" : fencedText(visibleCode(check.detail), "text", 4_000)}`,
    );
  const text = [
    candidate.summary === "" ? "" : quotedText(candidate.summary, 1_000),
    ...failures,
    peersFound(candidate, critiques),
    candidate.diff === "" ? "It changed nothing." : fencedText(visibleCode(candidate.diff), "diff", 12_000),
  ].filter((part) => part !== "");
  const name = `${won ? "Winner" : "Candidate"} ${inlineText(candidate.id, 20)}${revisionNote(candidate)}`;
  return collapsed(
    `${name}: ${inlineText(candidate.model, 60)}, temperature ${candidate.temperature}`,
    text.join("\n\n"),
  );
}

function peersFound({ id }: Candidate, critiques: readonly Critique[]): string {
  const findings = critiques.filter(({ candidate }) => candidate === id).flatMap((critique) => critique.findings);
  if (findings.length === 0) return "";
  const lines = findings.map((finding) => `- ${codeSpan(evidenceText(finding))}: ${inlineText(finding.text, 300)}`);
  return `**Peers found**\n\n${lines.join("\n")}`;
}
