import type { Assignee } from "../../kernel/event.ts";
import type { FailingCheck } from "../../kernel/failing-check.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import type { PlanTask } from "../../kernel/plan.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { CheckReport } from "../domain/failing-checks.ts";
import type { Remark } from "../domain/task.ts";
import type { TaskRequest } from "../domain/task-request.ts";

/** One request to move a task, by anybody. */
export type TransitionTask = TaskRequest & { readonly taskId: TaskId };

/** A review of a task's change; the action follows from the task's state and the reviewer's roles. */
export type ReviewTask = {
  readonly taskId: TaskId;
  readonly verdict: "approve" | "reject";
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  /** For a rejection: at least 10 characters. */
  readonly feedback?: string;
  /** Remarks on lines of the change. */
  readonly remarks?: readonly Remark[];
  /** GitHub's id of the review; absent for a command. */
  readonly reviewId?: number;
  /** The commit that was reviewed, and its tree. */
  readonly headSha: string;
  readonly headTree: string;
  /** Whether the required checks are green on `headSha`. */
  readonly checksGreen: boolean;
  readonly deliveryId: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** A review that was dismissed on GitHub. */
export type DismissReview = {
  readonly taskId: TaskId;
  readonly reviewId: number;
  readonly by: Principal;
  readonly deliveryId: string | null;
};

/** The words of a review that was edited. */
export type AmendFeedback = { readonly taskId: TaskId; readonly reviewId: number; readonly text: string };

/** The product owner's approval of every task of a story that waits for it. */
export type ApproveStory = {
  readonly storyId: StoryId;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  readonly deliveryId: string | null;
};

/** Somebody gives a task to a council or to a person. */
export type HandOverTask = {
  readonly taskId: TaskId;
  readonly assignee: Assignee;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  readonly feedback?: string;
  readonly deliveryId: string | null;
};

/** A plan that was approved. */
export type CreateTasks = {
  readonly storyId: StoryId;
  readonly installation: number;
  readonly repository: number;
  readonly planVersion: number;
  readonly tasks: readonly PlanTask[];
  /** Who approved it. */
  readonly decidedBy: Principal;
};

/** What led to a change, for the events that it makes. */
export type Cause = {
  /** The delivery or request at the beginning of the road. */
  readonly correlationId: string;
  /** The event that caused it; null where it was the delivery itself. */
  readonly causationId: string | null;
};

/** Facts that were learned from GitHub. */
export type LinkTask = {
  readonly taskId: TaskId;
  /** Null when the issue is gone. */
  readonly issueNumber?: number | null;
  readonly pullRequest?: number;
};

/** A commit that is the head of the task's branch now. */
export type RecordHead = {
  readonly taskId: TaskId;
  readonly headSha: string;
  readonly headTree: string;
  /** Everybody who authored or committed to the branch's commits; see `Task`. */
  readonly authors: readonly string[];
  /** Whether these are all; left out where nobody read the branch. */
  readonly authorsKnown?: boolean;
  /** Who pushed. */
  readonly committer: Principal;
  readonly deliveryId: string | null;
};

/** The required checks of a commit, which decide about the tests, are green. */
export type PassTests = {
  readonly taskId: TaskId;
  /** The commit that they ran on. */
  readonly headSha: string;
  /** What they say, as a sentence: the reason in the record. */
  readonly standing: string;
};

/** A check of GitHub that ended. */
export type RecordCheck = CheckReport & { readonly taskId: TaskId };

/** A pull request that was merged. */
export type RecordMerge = { readonly taskId: TaskId; readonly mergeSha: string; readonly deliveryId?: string | null };

/** A council that ended without anything to hand in. */
export type CouncilFailed = {
  readonly taskId: TaskId;
  readonly reason: string;
  /** The round that failed; a later round that runs already is left alone. */
  readonly round?: number;
  /** What failed on its best candidate; absent where it had none. */
  readonly failing?: readonly FailingCheck[];
  readonly deliveryId?: string | null;
};

/** A gate's rejection of a council's work. */
export type ContinueCouncil = {
  readonly taskId: TaskId;
  readonly rejection: "reject-design" | "reject-tests" | "reject-story";
  /** The event that says so: the same one has its effect once. */
  readonly eventId: string;
};
