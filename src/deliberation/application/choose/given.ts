import type { Laid } from "../implementation/lay-change.ts";
import type { Workspace } from "../ports.ts";

/** A change that somebody brought, whoever made it. */
export type GivenCandidate = {
  /** Unique; a file's name without its ending. */
  readonly id: string;
  /** Where it came from. */
  readonly source: string;
  /** The paths that it speaks of. */
  readonly paths: readonly string[];
  apply(workspace: Workspace): Promise<Laid>;
};

/** Acceptance tests that somebody brought. */
export type GivenTests = {
  /** The test files among them, relative to the repository's root. */
  readonly files: readonly string[];
  apply(workspace: Workspace): Promise<Laid>;
};
