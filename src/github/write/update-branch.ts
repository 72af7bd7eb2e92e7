import type { GitHubClient } from "../client/octokit.ts";
import { doneText, refusalText } from "../present/replies.ts";
import { ensureBranchCurrent } from "./ensure-branch-current.ts";
import { ensureReaction, ensureReply } from "./ensure-comment.ts";
import type { On } from "./on.ts";
import type { WriteTarget } from "./write-target.ts";

type UpdateBranch = Extract<WriteTarget, { kind: "update-branch" }>;

/** Brings a branch up to date with its base, and tells who asked how it ended: done, or what conflicts. */
export async function updateBranch(on: On<GitHubClient>, target: UpdateBranch): Promise<void> {
  const result = await ensureBranchCurrent(on, target.pullNumber);
  if (result.kind === "current") {
    const { commentId, onLine } = target;
    if (commentId !== null) await ensureReaction(on, { commentId, onLine }, "rocket");
    if (target.saysDone === true) await ensureReply(on, target.issueNumber, target.trigger, doneText("/rebase"));
    return;
  }
  const isConflict = /conflict/i.test(result.why);
  const text = refusalText("/rebase", target.login, {
    reason: "merge-conflict",
    rule: isConflict
      ? "The branch and its base changed the same lines, and nobody but a person should choose between them."
      : `GitHub does not update the branch: ${result.why}`,
    who: [],
    next: "Merge the base into the branch by hand, resolve what conflicts, and push it.",
  });
  await ensureReply(on, target.issueNumber, target.trigger, text);
}
