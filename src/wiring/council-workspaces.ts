import type { Workspace, Workspaces } from "../deliberation/application/ports.ts";
import type { Worktree, Worktrees } from "../execution/application/ports.ts";
import { applyAnswerTo } from "./apply-answer.ts";
import { outlineOf } from "./find-definitions.ts";

/** The council's workspaces on execution's work trees, and the ways back to a workspace's directory. */
export type CouncilWorkspaces = Workspaces & {
  /** The work tree to run commands in. From then on nothing that was known of its files' state is believed. */
  worktreeOf(workspace: Workspace): Worktree;
  /** The work tree for code of ours that writes there and runs nothing of a candidate's. */
  worktreeToWrite(workspace: Workspace): Worktree;
  /** A number that grows whenever code of ours changes the files: what was built before is then old. */
  revisionOf(workspace: Workspace): number;
};

/** Joins deliberation's port to execution: an answer is parsed, applied, and answered with what did not apply. */
export function createCouncilWorkspaces(worktrees: Worktrees): CouncilWorkspaces {
  const opened = new Map<string, Worktree>();
  // Those in which a command of a candidate may have run.
  const exposed = new Set<string>();

  const revisions = new Map<string, number>();
  const changed = (id: string): void => {
    revisions.set(id, (revisions.get(id) ?? 0) + 1);
  };

  function openedAs({ id }: Workspace): Worktree {
    const worktree = opened.get(id);
    if (worktree === undefined) throw new TypeError(`the workspace ${id} is closed`);
    return worktree;
  }

  async function open(checkout: Parameters<Workspaces["open"]>[0]): Promise<Workspace> {
    const worktree = await worktrees.create(checkout);
    opened.set(worktree.id, worktree);
    const files = worktrees.filesOf(worktree);
    const how = () => ({ ownWritesOnly: !exposed.has(worktree.id) });
    return {
      id: worktree.id,
      list: () => files.list(),
      async read(path) {
        const file = await files.read(path);
        return file.kind === "text" ? file.text : null;
      },
      async write(path, text) {
        changed(worktree.id);
        const outcome = await files.write(path, text);
        return outcome.done ? null : outcome.reason;
      },
      async examine(path) {
        const file = await files.read(path);
        if (file.kind === "text") return { text: file.text };
        const missing = file.kind === "missing";
        return { text: null, why: missing ? "There is no such file." : file.reason, missing };
      },
      search: (texts, under, signal) => worktrees.search(worktree, { texts, under, signal }),
      async outline(path) {
        const file = await files.read(path);
        return file.kind === "text" ? outlineOf(path, file.text) : null;
      },
      applyAnswer(answer, refuse) {
        changed(worktree.id);
        return applyAnswerTo(files, answer, refuse);
      },
      changes: () => worktrees.changesOf(worktree, how()),
      diff: (maxCharacters) => worktrees.diffOf(worktree, maxCharacters, how()),
      diffSince: (sha, maxCharacters) => worktrees.diffSince(worktree, sha, maxCharacters),
      tree: () => worktrees.treeOf(worktree, how()),
      reset(paths) {
        changed(worktree.id);
        return worktrees.reset(worktree, paths);
      },
      async close() {
        opened.delete(worktree.id);
        exposed.delete(worktree.id);
        revisions.delete(worktree.id);
        await worktrees.remove(worktree);
      },
    };
  }

  return {
    open,
    worktreeToWrite(workspace) {
      changed(workspace.id);
      return openedAs(workspace);
    },
    revisionOf: ({ id }) => revisions.get(id) ?? 0,
    worktreeOf(workspace) {
      const worktree = openedAs(workspace);
      exposed.add(worktree.id);
      return worktree;
    },
  };
}
