import type { ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import { type Finding, maxFindings } from "../write/ensure-review.ts";
import type { CouncilView } from "./council-view.ts";
import { inlineText } from "./safe-text.ts";

/**
 * The one review of a round, where the published candidate has failed checks: at most five findings, each with its
 * evidence. Null when there is nothing to say: silence beats a review without a finding (GITHUB.md, manner 2).
 */
export function councilReview(
  council: CouncilView,
  outcome: ImplementationOutcome,
): { readonly marker: string; readonly text: string; readonly findings: readonly Finding[] } | null {
  const published = outcome.candidates.find((candidate) => candidate.id === (outcome.winner ?? outcome.best));
  const failed = published?.checks.filter((check) => check.status === "failed") ?? [];
  if (failed.length === 0) return null;
  const lines = failed.slice(0, maxFindings).map((check) => {
    const evidence = check.failing
      .slice(0, 3)
      .map((name) => inlineText(name, 120))
      .join("; ");
    return `- **${check.name}**: ${inlineText(check.summary)}${evidence === "" ? "" : ` (${evidence})`}`;
  });
  return {
    marker: council.id,
    text: `What the checks say about candidate ${inlineText(outcome.winner ?? outcome.best ?? "", 20)} of round ${council.round}:\n${lines.join("\n")}`,
    findings: [],
  };
}
