import type { RefusalReason } from "./reasons.ts";
import type { Role } from "./roles.ts";

/** A request that a rule forbids. It is a value, never an exception, and everything in it may be posted. */
export type Refusal = {
  readonly reason: RefusalReason;
  /** The rule as one sentence, with the values that broke it. */
  readonly rule: string;
  /** The roles that may do it; empty where no role helps. */
  readonly who: readonly Role[];
  /** What to do next, as one sentence. */
  readonly next: string;
};
