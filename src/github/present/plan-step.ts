import { isFinalStatus } from "../../deliberation/domain/deliberation-status.ts";
import type { CouncilView } from "./council-view.ts";

/** Who makes the plan of a story that waits for one, and what people can do, by whether and how councils work here. */
export function planStep({
  councilAvailable,
  councilsStart,
  planning,
}: {
  readonly councilAvailable: boolean;
  readonly councilsStart: "auto" | "command";
  /** The latest planning council; null when there was none. */
  readonly planning: CouncilView | null;
}): string {
  if (!councilAvailable) return typedPlan("No model host is configured, so people write the plan");
  if (planning?.status === "waiting") return "";
  if (planning !== null && broughtNone(planning))
    return typedPlan("The council brought no plan. `/council` asks once more, or people write it");
  const isAsked = councilsStart === "auto" || (planning !== null && !isFinalStatus(planning.status));
  return isAsked
    ? "A council derives the plan."
    : typedPlan("`/council` asks a council for the plan, or people write it");
}

/** It is over without a plan; one whose plan was rejected has brought one. */
function broughtNone({ status, outcome }: CouncilView): boolean {
  return isFinalStatus(status) && (outcome?.kind !== "plan" || outcome.tasks === null);
}

function typedPlan(who: string): string {
  return [
    `${who}: comment a task list, one line a task, for example`,
    "```markdown",
    "- [ ] Parse the header (developer, 2h, covers 1)",
    "- [ ] Reject bad input (developer, 1h, after 1, covers 2)",
    "```",
  ].join("\n");
}
