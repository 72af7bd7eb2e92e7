import { toIso } from "../../kernel/clock.ts";
import { principalKey } from "../../kernel/principal.ts";
import type { RefusalReason } from "../../kernel/reasons.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Role } from "../../kernel/roles.ts";
import { refuseWithoutRoom } from "./story-room.ts";
import type { Task } from "./task.ts";
import { holderName, isHolder } from "./task-holder.ts";
import type { TaskGuard } from "./task-machine.ts";
import type { TaskRequest } from "./task-request.ts";

/** What the guards read of a request. */
export type TaskGuardInput = Pick<
  TaskRequest,
  | "principal"
  | "now"
  | "openDependencies"
  | "room"
  | "checksGreen"
  | "checksSay"
  | "awaits"
  | "headSha"
  | "headTree"
  | "onBranch"
  | "councilGaveUp"
  | "roleLost"
  | "dismissedReview"
>;

/** A broken condition, before the roles are added that may act. */
type Broken = Omit<Refusal, "who">;
type GuardCheck = (task: Task, input: TaskGuardInput) => Broken | null;

const checks: Record<TaskGuard, GuardCheck> = {
  // Neither row of DOMAIN.md §3 may begin a story that has no place (fleet.yml, `limits.stories-in-progress`).
  "lease-and-dependencies": (task, input) => refuseWithoutRoom(input.room) ?? dependenciesDone(task, input),
  "dependencies-done": (task, input) => refuseWithoutRoom(input.room) ?? dependenciesDone(task, input),
  "lease-over": leaseOver,
  "on-branch": (task, input) =>
    input.onBranch === true
      ? null
      : broken("wrong-branch", `The commit is not on ${task.branch}.`, `Push it to ${task.branch}.`),
  "tree-reviewed": sameTree,
  "checks-green": (task, input) =>
    sameTree(task, input) ??
    (input.checksGreen === true
      ? null
      : notGreen(
          input,
          `The required checks are not green on ${short(task.headSha)}.`,
          "Wait for the checks, or reject with what fails.",
        )),
  "checks-decide": (task, input) => {
    if (input.checksSay === undefined)
      return broken("not-by-hand", "In this repository qa decides about the tests.", "Wait for a review by qa.");
    const { passed, standing } = input.checksSay;
    return sameTree(task, input) ?? (passed ? null : notGreen(input, standing, "Wait for the checks."));
  },
  "approvals-match": approvalsMatch,
  "tree-changed": (task, input) =>
    !task.merged &&
    ((input.headTree !== undefined && input.headTree !== task.headTree) ||
      task.approvals.some((approval) => approval.reviewId !== undefined && approval.reviewId === input.dismissedReview))
      ? null
      : broken("not-in-this-state", "The head tree is the one that was approved.", "Nothing: the approvals stand."),
  "not-merged": (task) =>
    task.merged
      ? broken("not-in-this-state", "The task's pull request is merged already.", "Revert it by a new story.")
      : null,
};

/** The refusal of a guard that does not hold, with its values; null where it holds. */
export function refuseByGuard(
  guard: TaskGuard | null,
  task: Task,
  input: TaskGuardInput,
  who: readonly Role[],
): Refusal | null {
  const problem = guard === null ? null : checks[guard](task, input);
  return problem === null ? null : { ...problem, who };
}

function broken(reason: RefusalReason, rule: string, next: string): Broken {
  return { reason, rule, next };
}

/** Checks that are red because tests were written first are red for a reason that passes by itself. */
function notGreen({ awaits = [] }: TaskGuardInput, rule: string, next: string): Broken {
  if (awaits.length === 0) return broken("checks-not-green", rule, next);
  const tasks = taskList(awaits);
  return broken(
    "checks-not-green",
    `Its tests are written first and fail until their code, of ${tasks}, is merged. ${rule}`,
    `Merge ${tasks} first: the fleet then brings this branch up to date, and the checks run again. What is wrong with the tests themselves can be rejected now.`,
  );
}

function taskList(numbers: readonly number[]): string {
  return numbers.map((number) => `task ${number}`).join(", ");
}

function dependenciesDone(task: Task, input: TaskGuardInput): Broken | null {
  const open = input.openDependencies ?? task.dependsOn.map((number) => ({ number, until: "merged" }));
  if (open.length === 0) {
    return null;
  }
  const named = (wanted: string) => taskList(open.filter(({ until }) => until === wanted).map(({ number }) => number));
  const waits = [
    [named("merged"), "which must be done and merged first"],
    [named("handed-in"), "whose tests must be handed in first"],
  ] as const;
  const on = waits.flatMap(([tasks, what]) => (tasks === "" ? [] : [`${tasks}, ${what}`]));
  return broken("dependencies-open", `It depends on ${on.join("; on ")}.`, "Take one of those, or wait for them.");
}

/** The holder may always give a task back; the fleet only takes it from a holder whose time or whose role is over. */
function leaseOver(task: Task, input: TaskGuardInput): Broken | null {
  const expired = task.leaseExpiresAt !== null && Date.parse(task.leaseExpiresAt) <= input.now;
  const gaveUp = task.assignee?.kind === "council" && input.councilGaveUp !== undefined;
  const holder = task.assignee?.kind === "person" ? principalKey(task.assignee.principal) : null;
  const lostRole = holder !== null && input.roleLost?.holder === holder;
  if (isHolder(task, input.principal) || expired || gaveUp || lostRole) {
    return null;
  }
  return broken(
    "lease-taken",
    `${holderName(task)} holds it until ${task.leaseExpiresAt ?? "it is given back"}; it is ${toIso(input.now)}.`,
    "Wait for the end of the lease, or ask its holder.",
  );
}

/** Without a tree in the request the head counts as seen; the approval is bound to it all the same. */
export function sameTree(task: Task, input: TaskGuardInput): Broken | null {
  if (task.headTree === null) {
    return broken("tree-changed", "There is no commit to review yet.", "Wait for the first commit on the branch.");
  }
  const otherTree = input.headTree !== undefined && input.headTree !== task.headTree;
  // The same tree under another commit is the same change, but checks ran on one commit.
  const otherCommit = input.headTree === undefined && input.headSha !== undefined && input.headSha !== task.headSha;
  return otherTree || otherCommit
    ? broken(
        "tree-changed",
        `The reviewed tree is ${short(input.headTree ?? input.headSha ?? null)}; the head is ${short(input.headTree === undefined ? task.headSha : task.headTree)} now.`,
        "Review the new head.",
      )
    : null;
}

function approvalsMatch(task: Task, input: TaskGuardInput): Broken | null {
  const missing = (["architect", "qa"] as const).filter(
    (role) => !task.approvals.some((approval) => approval.role === role && approval.tree === task.headTree),
  );
  return (
    sameTree(task, input) ??
    (missing.length === 0
      ? null
      : broken(
          "tree-changed",
          `No approval by ${missing.join(" and ")} of the head tree ${short(task.headTree)}.`,
          "Have the head reviewed again.",
        ))
  );
}

function short(hash: string | null): string {
  return hash === null ? "none" : hash.slice(0, 8);
}
