import type { FleetEvent } from "../../kernel/event.ts";

/**
 * Tells the events after which nothing goes on by itself, with the reason: a council that brought nothing. Where people
 * ask again, only the last of so many rounds is an end.
 */
export function createEndOf(rounds: number): (event: FleetEvent) => string | null {
  let failed = 0;
  return (event) => {
    const reason = failureOf(event);
    if (reason === null) return null;
    failed += 1;
    return failed < rounds ? null : reason;
  };
}

function failureOf(event: FleetEvent): string | null {
  if (event.type === "deliberation.failed") return event.payload.reason;
  if (event.type !== "deliberation.completed") return null;
  const { winner, plan, reason } = event.payload;
  return winner === null && plan === null ? reason : null;
}
