import type { Prompting, Workspace, WorkspaceChange } from "../ports.ts";

const maxDiff = 60_000;

/** What became of laying a change or tests into a workspace: null when all of it applied, else why not. */
export type Laid = {
  readonly problem: string | null;
  /** Policy findings that only the change as it was given shows, such as a path that leaves the repository. */
  readonly findings: readonly string[];
};

/** A workspace with a change in it, read before anything ran there: what runs leave behind is no part of the change. */
export type LaidChange = {
  readonly workspace: Workspace;
  readonly laid: Laid;
  /** The files before the change. */
  readonly existing: readonly string[];
  readonly changes: readonly WorkspaceChange[];
  /** Why there is no change to check, as a sentence; null where there is one. */
  readonly problem: string | null;
  /** The git tree that the change makes, and its diff without secrets; null and empty where there is nothing to check. */
  readonly tree: string | null;
  readonly diff: string;
};

/** Lays a change into a fresh workspace and reads what it is, whoever made it. */
export async function layChange(
  workspace: Workspace,
  prompting: Pick<Prompting, "redact">,
  lay: () => Promise<Laid>,
): Promise<LaidChange> {
  const existing = await workspace.list();
  const laid = await lay();
  const read = await workspace.changes();
  const changes = read.readable ? read.changes : [];
  const unreadable = read.readable ? (changes.length === 0 ? "It changes nothing." : null) : read.reason;
  const problem = laid.problem ?? unreadable;
  if (problem !== null) return { workspace, laid, existing, changes, problem, tree: null, diff: "" };
  const tree = await workspace.tree();
  const diff = (await prompting.redact(await workspace.diff(maxDiff))).slice(0, maxDiff);
  return { workspace, laid, existing, changes, problem, tree, diff };
}
