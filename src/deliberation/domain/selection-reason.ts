import { checkOf, fixedBy } from "./candidate.ts";
import type { CheckResult } from "./check-result.ts";
import { type Lost, type SelectionStep, selectionSteps } from "./selection-step.ts";

type Candidate = { readonly id: string; readonly checks: readonly CheckResult[]; readonly diffLines: number };

/** Why the winner won, as half a sentence; `verdict` is what the judge said in its favour. */
export function winnersReason(
  all: readonly Candidate[],
  passing: readonly Candidate[],
  lost: ReadonlyMap<string, Lost>,
  id: string,
  verdict: string | null,
): string {
  const winner = all.find((candidate) => candidate.id === id);
  const acceptance = winner === undefined ? null : checkOf(winner, "acceptance");
  const shown =
    winner !== undefined && !isExecuted(winner) ? nothingRun : `it applies, builds, ${acceptanceShown(acceptance)}`;
  if (passing.length === 1) {
    const covered = all.filter((each) => checkOf(each, "acceptance")?.status === "passed");
    const outdid = covered.some((each) => lost.get(each.id)?.step === "acceptance");
    const alone =
      all.length === 1 ? "it passes" : outdid ? "it covers most criteria" : `it alone of ${all.length} passes`;
    return `${alone}: ${shown}.`;
  }
  const steps = new Set([...lost.values()].map(({ step }) => step));
  // A change that was brought twice falls to the smallest diff even where the judge decided.
  const last = verdict !== null && steps.has("judge") ? "judge" : selectionSteps.findLast((step) => steps.has(step));
  const fixed = winner === undefined ? 0 : fixedBy(winner);
  const decided: Partial<Record<SelectionStep, string>> = {
    fixes: `it makes ${fixed} pass of the tests that fail without it`,
    behaviour: "most of them behave like it",
    judge: verdict ?? "the judge preferred it",
    "smallest-diff": `tie broken by smallest diff (${winner?.diffLines ?? 0} lines)`,
  };
  return `${shown}; of the ${passing.length} that pass: ${decided[last ?? "smallest-diff"] ?? "nothing tells them apart"}.`;
}

const nothingRun = "it applies, and no build or test is known that could be run on it";

/** Whether anything was run that could have failed. */
function isExecuted(candidate: Candidate): boolean {
  return (["builds", "lint", "dry-run", "regressions", "acceptance"] as const).some(
    (name) => checkOf(candidate, name)?.status === "passed",
  );
}

function acceptanceShown(acceptance: CheckResult | null): string {
  if (acceptance?.counts === "criteria") return `breaks no existing test; ${acceptance.summary}`;
  return acceptance?.total === null || acceptance?.total === undefined || acceptance.total === 0
    ? "breaks no existing test; no acceptance test could be kept"
    : `breaks no existing test and passes ${acceptance.passed ?? 0} of ${acceptance.total} acceptance tests`;
}

/** Why there is no winner, with the first candidates' reasons. */
export function nobodyPassed(order: readonly Candidate[], lost: ReadonlyMap<string, Lost>): string {
  if (order.length === 0) return "Nobody passed: no member brought a candidate.";
  const reasons = order.slice(0, 3).map(({ id }) => `${id} ${lost.get(id)?.step ?? ""}: ${lost.get(id)?.why ?? ""}`);
  const more = order.length > 3 ? `; and ${order.length - 3} more` : "";
  return `Nobody passed. ${reasons.join("; ")}${more}.`;
}
