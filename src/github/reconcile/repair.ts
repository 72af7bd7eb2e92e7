/** One difference between GitHub and the graph, and that it was made good. */
export type Repair = {
  /** The or the pull request's number. */
  readonly number: number;
  readonly repository: number;
  readonly what: "text" | "closed" | "gone" | "labels" | "head" | "merged" | "pull request closed" | "review";
};
