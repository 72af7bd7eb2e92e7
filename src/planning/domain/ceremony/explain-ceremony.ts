import type { Refusal } from "../../../kernel/refusal.ts";
import type { Role } from "../../../kernel/roles.ts";
import type { CeremonyState } from "../../../kernel/states.ts";
import type { Ceremony } from "./ceremony.ts";
import { refuseByCeremonyGuard } from "./ceremony-guards.ts";
import { type CeremonyAction, ceremonyRows } from "./ceremony-machine.ts";
import type { CeremonyFacts } from "./ceremony-request.ts";

/** One way on of the ceremony as a whole. */
export type CeremonyStep = {
  readonly action: CeremonyAction;
  readonly by: readonly Role[];
  /** The guard's result: null where it holds, and then it waits only for the people above. */
  readonly guard: Refusal | null;
};

export type CeremonyExplanation = {
  readonly state: CeremonyState;
  /** The state in a sentence. */
  readonly meaning: string;
  /** What leads to another state; what people may do to one story in between is not among it. */
  readonly steps: readonly CeremonyStep[];
};

/** Where a ceremony stands, what leads on, and what each step waits for. */
export function explainCeremony(ceremony: Ceremony, facts: CeremonyFacts): CeremonyExplanation {
  const { state } = ceremony;
  const rows = ceremonyRows.filter(({ from, to }) => from.includes(state) && to !== state);
  return {
    state,
    meaning: meanings[state],
    steps: rows.map(({ action, by, guard }) => ({
      action,
      by,
      guard: refuseByCeremonyGuard(guard, ceremony, facts, by),
    })),
  };
}

const meanings: Record<CeremonyState, string> = {
  draft: "Its stories are being gathered.",
  "in-progress": "The councils are reviewing its stories.",
  reviewing: "Every council has ended; people read what they found.",
  completed: "It is over; its findings stand here.",
  cancelled: "It was given up.",
};
