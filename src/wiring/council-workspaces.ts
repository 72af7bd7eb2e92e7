import type { Workspace, Workspaces } from "../deliberation/application/ports.ts";
import type { Worktree, Worktrees } from "../execution/application/ports.ts";
import { applyAnswerTo } from "./apply-answer.ts";
import { outlineOf } from "./find-definitions.ts";

/** The council's workspaces on execution's work trees; `worktreeOf` leads back to the directory that checks run in. */
export type CouncilWorkspaces = Workspaces & { worktreeOf(workspace: Workspace): Worktree };

/** Joins deliberation's port to execution: an answer is parsed, applied, and answered with what did not apply. */
export function createCouncilWorkspaces(worktrees: Worktrees): CouncilWorkspaces {
  const opened = new Map<string, Worktree>();

  async function open(checkout: Parameters<Workspaces["open"]>[0]): Promise<Workspace> {
    const worktree = await worktrees.create(checkout);
    opened.set(worktree.id, worktree);
    const files = worktrees.filesOf(worktree);
    return {
      id: worktree.id,
      list: () => files.list(),
      async read(path) {
        const file = await files.read(path);
        return file.kind === "text" ? file.text : null;
      },
      async write(path, text) {
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
      applyAnswer: (answer, refuse) => applyAnswerTo(files, answer, refuse),
      changes: () => worktrees.changesOf(worktree),
      diff: (maxCharacters) => worktrees.diffOf(worktree, maxCharacters),
      diffSince: (sha, maxCharacters) => worktrees.diffSince(worktree, sha, maxCharacters),
      tree: () => worktrees.treeOf(worktree),
      reset: (paths) => worktrees.reset(worktree, paths),
      async close() {
        opened.delete(worktree.id);
        await worktrees.remove(worktree);
      },
    };
  }

  return {
    open,
    worktreeOf({ id }) {
      const worktree = opened.get(id);
      if (worktree === undefined) throw new TypeError(`the workspace ${id} is closed`);
      return worktree;
    },
  };
}
