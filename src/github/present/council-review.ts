import type { Candidate } from "../../deliberation/domain/candidate.ts";
import type { CheckResult } from "../../deliberation/domain/check-result.ts";
import type { CritiqueFinding } from "../../deliberation/domain/critique/finding.ts";
import type { ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import type { CouncilView } from "./council-view.ts";
import { type Finding, type FindingPlace, lineFinding, maxFindings } from "./finding.ts";
import { inlineText } from "./safe-text.ts";

/** The one review of a round. */
export type ReviewText = { readonly marker: string; readonly text: string; readonly findings: readonly Finding[] };

/**
 * The one review of a round, where the published candidate has failed checks or peers found something on its lines: at
 * most five findings, each with its evidence, on the line that it names where that line is part of the change. Null when
 * there is nothing to say: silence beats a review without a finding (GITHUB.md, manner 2).
 */
export function councilReview(council: CouncilView, outcome: ImplementationOutcome): ReviewText | null {
  const id = outcome.winner ?? outcome.best;
  const published = outcome.candidates.find((candidate) => candidate.id === id);
  if (published === undefined) return null;
  const failed = published.checks.filter((check) => check.status === "failed");
  const onLines = outcome.critiques
    .filter(({ candidate }) => candidate === id)
    .flatMap(({ findings: said }) => said.flatMap(peerFinding));
  const findings = [...failed.map((check) => findingOf(check, published)), ...onLines].slice(0, maxFindings);
  if (findings.length === 0) return null;
  const checks = failed.length === 0 ? "fails no check" : `fails ${counted(failed.length, "check")}`;
  const peers =
    onLines.length === 0 ? "" : `; peers in the council found ${counted(onLines.length, "point")} to look at`;
  return {
    marker: council.id,
    text: `Candidate ${inlineText(published.id, 20)} of round ${council.round} ${checks}${peers}.`,
    findings,
  };
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}

/** What a peer found on a line of the change; what it found by a check is that check's own finding already. */
function peerFinding(finding: CritiqueFinding): readonly Finding[] {
  const { evidence, text, replacement } = finding;
  if (evidence.kind !== "line") return [];
  return [lineFinding(evidence, `A peer in the council: ${inlineText(text, 300)}`, replacement)];
}

function findingOf(check: CheckResult, candidate: Candidate): Finding {
  const evidence = check.failing
    .slice(0, 3)
    .map((name) => inlineText(name, 120))
    .join("; ");
  return {
    text: `**${check.name}**: ${inlineText(check.summary)}${evidence === "" ? "" : ` (${evidence})`}`,
    place: placeIn(check, candidate),
    replacement: null,
  };
}

/** `path:line` or `path:line:column`, as compilers, linters and stack traces write it. */
const location = /([\w./@+-]+\.\w+)(?::(\d+)|\((\d+))/g;

/** The first line of a changed file that the check's output names. Paths may be absolute there: the end must match. */
function placeIn(check: CheckResult, candidate: Candidate): FindingPlace | null {
  const changed = candidate.changes.filter((change) => change.content !== null).map((change) => change.path);
  for (const [, named = "", line, inBrackets] of [...check.failing, check.detail].join("\n").matchAll(location)) {
    const path = changed.find((each) => named === each || named.endsWith(`/${each}`));
    if (path !== undefined) return { path, line: Number(line ?? inBrackets) };
  }
  return null;
}
