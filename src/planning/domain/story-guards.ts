import { either } from "../../kernel/permission.ts";
import type { RefusalReason } from "../../kernel/reasons.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import { validatePlan } from "./plan.ts";
import { defaultReadinessThreshold, scoreReadiness } from "./readiness.ts";
import type { Story } from "./story.ts";
import type { StoryGuard } from "./story-machine.ts";
import type { StoryRequest, TaskStanding } from "./story-request.ts";
import { parsesAsStory, readStory } from "./story-text.ts";

/** What the guards read of a request. */
export type StoryGuardInput = Pick<StoryRequest, "tasks" | "threshold" | "expectedBodyHash" | "planShownHash" | "plan">;

/** A broken condition, before the roles are added that may act. */
type Broken = Omit<Refusal, "who">;
type GuardCheck = (story: Story, input: StoryGuardInput) => Broken | null;

/** The states of a task from each gate on: a rejected task is behind all of them. */
const fromReview: readonly TaskState[] = [
  "pending-arch-review",
  "arch-reviewing",
  "arch-approved",
  "pending-qa",
  "qa-testing",
  "qa-passed",
  "pending-po-approval",
  "po-approved",
  "done",
];
const fromTesting = fromReview.slice(fromReview.indexOf("pending-qa"));
const fromApproval = fromReview.slice(fromReview.indexOf("pending-po-approval"));
const approved = fromReview.slice(fromReview.indexOf("po-approved"));

const checks: Record<StoryGuard, GuardCheck> = {
  "parses-as-story": (story) =>
    parsesAsStory(readStory(story.body))
      ? null
      : broken(
          "not-a-story",
          "The text holds neither a value statement nor an acceptance criterion.",
          "Write “As a <role> I want <something> so that <benefit>” and at least one “Given …, when …, then …”.",
        ),
  "is-ready": isReady,
  "plan-valid": planValid,
  "plan-shown": planShown,
  "edited-plan": (story, input) => planShown(story, input) ?? planValid(story, input),
  "task-started": (_story, input) =>
    openTasks(input).some((task) => task.state !== "todo")
      ? null
      : broken("tasks-open", "No task is claimed or assigned yet.", "Claim a task or assign it to a council."),
  "tasks-at-review": (_story, input) => everyTask(input, fromReview, "handed in for review"),
  "tasks-at-testing": (_story, input) => everyTask(input, fromTesting, "approved by the architect"),
  "tasks-at-approval": (_story, input) => everyTask(input, fromApproval, "approved by qa"),
  "task-rejected": (_story, input) =>
    openTasks(input).some((task) => !fromReview.includes(task.state))
      ? null
      : broken("tasks-open", "No task was rejected.", "Nothing: the fleet goes back by itself when one is."),
  "tasks-approved": (_story, input) => everyTask(input, approved, "approved by the product owner"),
  "tasks-merged": tasksMerged,
  "text-edited": (story) =>
    story.approvedBodyHash !== null && story.approvedBodyHash !== story.bodyHash
      ? null
      : broken("not-in-this-state", "The text is the one that was approved.", "Nothing: the approval stands."),
};

/** The refusal of a guard that does not hold, with its values; null where it holds. */
export function refuseByGuard(
  guard: StoryGuard | null,
  story: Story,
  input: StoryGuardInput,
  who: readonly Role[],
): Refusal | null {
  const problem = guard === null ? null : checks[guard](story, input);
  return problem === null ? null : { ...problem, who };
}

function broken(reason: RefusalReason, rule: string, next: string): Broken {
  return { reason, rule, next };
}

function isReady(story: Story, input: StoryGuardInput): Broken | null {
  if (input.expectedBodyHash !== undefined && input.expectedBodyHash !== story.bodyHash) {
    return broken(
      "body-changed",
      `The text was edited after it was shown (${short(input.expectedBodyHash)} → ${short(story.bodyHash)}).`,
      "Read the new text and approve that.",
    );
  }
  const threshold = input.threshold ?? defaultReadinessThreshold;
  const readiness = scoreReadiness(story);
  if (readiness.score >= threshold) {
    return null;
  }
  const lost = [...readiness.findings].filter((finding) => finding.lost > 0).sort((a, b) => b.lost - a.lost);
  return broken(
    "not-ready",
    `The story scores ${readiness.score} of 100; ${threshold} are needed. It loses ${either(
      lost.map((finding) => `${finding.lost} by “${finding.code}”`),
      "and",
    )}.`,
    lost[0]?.text ?? "Lower the threshold in fleet.yml: no story can score more than 100.",
  );
}

function planValid(story: Story, input: StoryGuardInput): Broken | null {
  if (input.plan === undefined) {
    return broken("plan-missing", "No plan was given.", "Type the plan as a task list, or let a council derive it.");
  }
  const problems = validatePlan(input.plan.tasks, readStory(story.body).criteria.length);
  return problems.length === 0
    ? null
    : broken("plan-invalid", problems.join(" "), "Correct these points and give the plan again.");
}

function planShown(story: Story, input: StoryGuardInput): Broken | null {
  if (story.plan?.status !== "proposed") {
    return broken("plan-missing", "There is no plan to decide on.", "Wait for the plan, or type one as a task list.");
  }
  if (input.planShownHash !== undefined && input.planShownHash !== story.plan.hash) {
    return broken(
      "plan-changed",
      `The plan shown was ${short(input.planShownHash)}; it is ${short(story.plan.hash)} (version ${story.plan.version}) now.`,
      "Read the new plan and decide on that.",
    );
  }
  return null;
}

function openTasks(input: StoryGuardInput): readonly TaskStanding[] {
  return (input.tasks ?? []).filter((task) => task.state !== "cancelled");
}

/** A story whose every task was discarded has nothing to show, so "every open task" needs at least one. */
function everyTask(input: StoryGuardInput, states: readonly TaskState[], standing: string): Broken | null {
  const open = openTasks(input);
  const behind = open.filter((task) => !states.includes(task.state));
  if (open.length > 0 && behind.length === 0) {
    return null;
  }
  return broken(
    "tasks-open",
    open.length === 0 ? "The story has no open task." : `Not ${standing} yet: ${standings(behind)}.`,
    open.length === 0 ? "Reset, carry over or cancel the story." : "Bring these tasks forward, or discard them.",
  );
}

function tasksMerged(_story: Story, input: StoryGuardInput): Broken | null {
  const unmerged = openTasks(input).filter((task) => task.state !== "done" || !task.merged);
  if (openTasks(input).length === 0) {
    return everyTask(input, approved, "done");
  }
  return unmerged.length === 0
    ? null
    : broken("not-merged", `Not merged yet: ${standings(unmerged)}.`, "Merge the pull requests of these tasks.");
}

function standings(tasks: readonly TaskStanding[]): string {
  return tasks.map((task) => `task ${task.number} (${task.state})`).join(", ");
}

function short(hash: string): string {
  return hash.slice(0, 8);
}
