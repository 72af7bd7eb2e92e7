import { adviceRoles, weightiest } from "../../deliberation/domain/advice.ts";
import { isFinalStatus } from "../../deliberation/domain/deliberation-status.ts";
import type { AdviceOutcome } from "../../deliberation/domain/outcome.ts";
import { either } from "../../kernel/permission.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { ReviewText } from "./council-review.ts";
import type { CouncilView } from "./council-view.ts";
import { lineFinding } from "./finding.ts";
import { codeSpan, inlineText } from "./safe-text.ts";

/** The states in which advice on a change is worth reading: somebody still decides on it. */
const beforeDecision: readonly Task["state"][] = ["pending-arch-review", "arch-reviewing", "pending-qa", "qa-testing"];

/**
 * The one review of agents on a change of people: at most five findings, each on its line. Null when there is nothing to
 * say, on another commit than the head, and where nobody decides any more (COUNCIL.md: "advisory").
 */
export function adviceReview(task: Task, council: CouncilView): ReviewText | null {
  const outcome = adviceOn(task, council);
  if (outcome === null || !beforeDecision.includes(task.state)) return null;
  const findings = weightiest(outcome.seats).flatMap(({ role, text, evidence, replacement }) =>
    evidence.kind === "line" ? [lineFinding(evidence, `**${role}**: ${inlineText(text, 300)}`, replacement)] : [],
  );
  if (findings.length === 0) return null;
  const points = findings.length === 1 ? "one point" : `${findings.length} points`;
  const text = `Agents read this change as ${seatsOf(outcome)} and found ${points} to look at. This is advice: people decide.`;
  return { marker: council.id, text, findings };
}

/** What agents said or do about the head, as a line of the status comment; "" where that is nothing. */
export function adviceLine(task: Task, council: CouncilView | null): string {
  if (council === null || council.startSha !== task.headSha || !beforeDecision.includes(task.state)) return "";
  const outcome = adviceOn(task, council);
  if (outcome === null) {
    const { status, note } = council;
    if (status === "waiting") return `**Advice** waits for a budget. ${inlineText(note ?? "", 300)}`.trimEnd();
    if (!isFinalStatus(status)) return `**Advice** Agents read this change as ${either(adviceRoles, "and")}.`;
    return `**Advice** none: ${inlineText(note ?? status, 200)}`;
  }
  const head = codeSpan(outcome.headSha.slice(0, 7));
  const count = weightiest(outcome.seats).length;
  const found =
    count === 0 ? "nothing to point out" : `${count === 1 ? "one point" : `${count} points`}: see their review`;
  return `**Advice** Agents read ${head} as ${seatsOf(outcome)} and found ${found}.`;
}

function adviceOn({ headSha }: Task, { outcome }: CouncilView): AdviceOutcome | null {
  return outcome?.kind === "advice" && outcome.headSha === headSha ? outcome : null;
}

/** The roles that looked. */
function seatsOf({ seats }: AdviceOutcome): string {
  return either(
    seats.filter(({ missing }) => missing === null).map(({ role }) => role),
    "and",
  );
}
