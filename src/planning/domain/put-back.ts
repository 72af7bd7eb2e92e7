/** What the fleet puts back by itself where it finds that people changed it by hand and nobody told of it. */
export const putBackKinds = ["labels", "title", "dependencies", "sub-issue", "base"] as const;

export type PutBackKind = (typeof putBackKinds)[number];

/** One thing that was put back; `number` is the or the pull request's. */
export type PutBackChange = { readonly what: PutBackKind; readonly number: number };

/** What a comparison with GitHub put back on a story, its tasks and their pull requests. */
export type PutBack = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly changes: readonly PutBackChange[];
};
