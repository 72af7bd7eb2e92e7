import type { FleetEvent } from "../../kernel/event.ts";

/**
 * Tells the events after which nothing goes on by itself, with the reason: a council that brought nothing. Where people
 * ask again, only the last of so many rounds is an end; where they type the plan, a council's failure at one is none.
 */
export function createEndOf(rounds: number, peoplePlan = false): (event: FleetEvent) => string | null {
  let failed = 0;
  return (event) => {
    const reason = failureOf(event);
    if (reason === null || (peoplePlan && isAboutPlan(event))) return null;
    failed += 1;
    return failed < rounds ? null : reason;
  };
}

function isAboutPlan({ type, payload }: FleetEvent): boolean {
  return type.startsWith("deliberation.") && "kind" in payload && payload.kind === "plan";
}

function failureOf(event: FleetEvent): string | null {
  if (event.type === "deliberation.failed") return event.payload.reason;
  if (event.type !== "deliberation.completed") return null;
  const { winner, plan, reason } = event.payload;
  return winner === null && plan === null ? reason : null;
}
