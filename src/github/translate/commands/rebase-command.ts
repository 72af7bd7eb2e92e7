import { permit } from "../../../kernel/permission.ts";
import type { Role } from "../../../kernel/roles.ts";
import { holderName, isHolder } from "../../../workflow/domain/task-holder.ts";
import { commentTarget } from "../trigger.ts";
import { refusal, type SpecialCommand } from "./asking.ts";

/** Who may ask for it beside the holder: it puts a commit on the branch, and approvals of another tree fall. */
const mayRebase: readonly Role[] = ["developer", "architect", "product-owner"];

/** `/rebase`: the base is merged into the task's branch where nothing conflicts; the writer says how it ended. */
export const rebase: SpecialCommand = {
  async refuse({ trigger, place }) {
    if (place.kind === "story") return refusal("wrong-place", "/rebase is for a task.", "Write it on a pull request.");
    const { task } = place;
    const { principal, roles } = trigger;
    const personName = `the holder of the task (${holderName(task)})`;
    const question = { action: "rebase", by: mayRebase, inPerson: isHolder(task, principal), personName };
    const permission = permit(question, principal, roles);
    if (!permission.allowed) return permission.refusal;
    if (task.pullRequest === null)
      return refusal(
        "no-pull-request",
        "The task has no pull request yet.",
        `Push to its branch ${task.branch} first.`,
      );
    if (task.merged || task.state === "cancelled")
      return refusal("not-in-this-state", "The task's pull request is closed.", "Nothing: there is nothing to rebase.");
    if (task.state === "implementing" && task.assignee?.kind === "council")
      return refusal("lease-taken", "A council is at work on the branch.", "Wait for it, or stop it with /stop.");
    return null;
  },
  async run({ deps, trigger, place }) {
    if (place.kind === "story" || place.task.pullRequest === null) return { kind: "handed-on" };
    const { ref, issueNumber, comment, id, principal, saysDone } = trigger;
    const said = {
      issueNumber,
      ...(comment === null ? { commentId: null } : commentTarget(comment)),
      ...(saysDone === undefined ? {} : { saysDone }),
      trigger: id,
      login: principal.login,
    };
    await deps.write({ kind: "update-branch", ref, pullNumber: place.task.pullRequest, ...said });
    return { kind: "handed-on" };
  },
};
