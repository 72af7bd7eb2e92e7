import type { PutBackKind } from "../../planning/domain/put-back.ts";

/** One difference between GitHub and the graph, and that it was made good. */
export type Repair = {
  /** The or the pull request's number. */
  readonly number: number;
  readonly repository: number;
  readonly what:
    | "text"
    | "text parts"
    | "closed"
    | "gone"
    | "milestone"
    | "sprint closed"
    | "epic"
    | "epic assigned"
    | "blockers"
    | "head"
    | "merged"
    | "pull request closed"
    | "dismissal"
    | "review"
    | PutBackKind;
};
