import { checkOf } from "../../deliberation/domain/candidate.ts";
import type { Abstention, ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import type { CheckConclusion } from "../write/ensure-check-run.ts";
import { agentDetails } from "./agent-details.ts";
import { candidateDetails, candidateTable } from "./candidate-table.ts";
import type { CheckAction } from "./check-actions.ts";
import { costLine } from "./cost.ts";
import type { CouncilView } from "./council-view.ts";
import { fitSections } from "./fit-sections.ts";
import { collapsed } from "./markdown-table.ts";
import { fencedText, inlineText, visibleCode } from "./safe-text.ts";
import { voteDetails } from "./vote-details.ts";

/** What a check run says. */
export type CheckText = {
  readonly conclusion: CheckConclusion | null;
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  /** The buttons, at most three. */
  readonly actions: readonly CheckAction[];
};

const leftOut = {
  draft: "brought no candidate",
  critique: "gave no critique",
  revision: "left its candidate as it was",
} as const satisfies Record<Abstention["step"], string>;

/** The line that marks everything that a playground shows. */
export function simulatedNotice(simulated: string | null): string {
  return simulated === null ? "" : `> [!NOTE]\n> **Simulated**: ${simulated}`;
}

/** The check run `fleet/council` on the commit that a deliberation published, with the buttons that apply now. */
export function councilCheck(
  view: CouncilView,
  outcome: ImplementationOutcome,
  simulated: string | null,
  actions: readonly CheckAction[],
): CheckText {
  const won = outcome.winner !== null;
  const kept = outcome.acceptance.filter((test) => test.status === "kept");
  return {
    conclusion: won ? "success" : "failure",
    title: won
      ? `Round ${view.round}: ${outcome.winner} won of ${outcome.candidates.length} ${outcome.candidates.length === 1 ? "candidate" : "candidates"}`
      : `Round ${view.round}: no candidate passed`,
    summary: fitSections([
      { text: simulatedNotice(simulated), priority: 0 },
      { text: inlineText(outcome.reason, 500), priority: 0 },
      { text: candidateTable(outcome), priority: 0 },
      { text: acceptanceLine(outcome), priority: 1 },
      { text: sandboxLine(outcome), priority: 1 },
      { text: costLine(outcome), priority: 1 },
      ...(outcome.abstained.length === 0
        ? []
        : [
            {
              text: outcome.abstained
                .map((gone) => `- Member ${gone.member} ${leftOut[gone.step]}: ${inlineText(gone.reason)}`)
                .join("\n"),
              priority: 2,
            },
          ]),
      ...kept.map((test) => ({
        text: collapsed(
          `Acceptance test ${inlineText(test.id, 20)} for criterion ${test.criterion}`,
          fencedText(visibleCode(test.content), languageOf(test.path), 6_000),
        ),
        priority: 3,
      })),
    ]),
    text: fitSections([
      ...outcome.candidates.map((candidate, index) => ({
        text: candidateDetails(candidate, candidate.id === outcome.winner, outcome.critiques),
        priority: index + 1,
      })),
      { text: voteDetails(outcome.votes), priority: outcome.candidates.length + 1 },
      ...(view.agents ?? []).map((run) => ({ text: agentDetails(run), priority: outcome.candidates.length + 1 })),
    ]),
    actions,
  };
}

/** A file's ending, which GitHub takes for its language. */
function languageOf(path: string): string {
  return /\.([a-z]{1,4})$/.exec(path)?.[1] ?? "";
}

function acceptanceLine(outcome: ImplementationOutcome): string {
  const kept = outcome.acceptance.filter((test) => test.status === "kept").length;
  const areTests = outcome.candidates.some((each) => checkOf(each, "acceptance")?.counts === "criteria");
  if (areTests) return "The task asks for tests, so the candidates are measured by their own.";
  if (outcome.acceptance.length === 0) return "No acceptance test was written.";
  return `Acceptance tests: ${kept} of ${outcome.acceptance.length} kept; a kept one fails without the change.`;
}

function sandboxLine(outcome: ImplementationOutcome): string {
  if (outcome.sandbox === null) return "No code was run: there was no sandbox.";
  if (outcome.sandbox === "trusted")
    return "Code was run without a sandbox, since these candidates are the fleet's own, bundled with it. Code of models would not be.";
  return `Sandbox: ${inlineText(outcome.sandbox, 60)}.`;
}
