import type { Context } from "../../src/context/domain/context.ts";

/** A context of nothing. */
export const emptyContext: Context = {
  role: "developer",
  phase: "build",
  commit: null,
  budget: { tokens: 2_000, limit: 1_800 },
  tokens: 0,
  hash: "c0ffee".repeat(10),
  text: "",
  blocks: [],
  leftOut: [],
  redacted: [],
};
