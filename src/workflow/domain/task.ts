import type { Assignee } from "../../kernel/event.ts";
import type { FailingCheck } from "../../kernel/failing-check.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { TaskState, TaskType } from "../../kernel/states.ts";
import type { Deadline } from "./deadline.ts";
import type { TaskAction } from "./task-machine.ts";

/** A gate's approval. It holds for one tree only: a changed tree is another change. */
export type Approval = {
  readonly role: Role;
  readonly principal: Principal;
  /** The git tree that was reviewed. */
  readonly tree: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** GitHub's id of the review that gave it; absent where it was a command or a label. */
  readonly reviewId?: number | undefined;
};

/** A reviewer's remark on a line of the change; `line` is null where it is about the whole file. */
export type Remark = { readonly path: string; readonly line: number | null; readonly text: string };

/** What a reviewer or a developer asked for; it travels into the next round's context. */
export type Feedback = {
  /** The round that it is about. */
  readonly round: number;
  readonly role: Role;
  /** `principalName` of who said it. */
  readonly by: string;
  readonly text: string;
  readonly at: string;
  /** Remarks on lines of the change, at most `maxRemarks`. */
  readonly remarks?: readonly Remark[] | undefined;
  /** GitHub's id of the review that said it; absent where it was a command. */
  readonly reviewId?: number | undefined;
};

/** A task: one sub-issue, one branch, one pull request on its way through the states of DOMAIN.md §3. */
export type Task = {
  readonly id: TaskId;
  /** Rises with every saved change; 0 before the first save. */
  readonly version: number;
  readonly storyId: StoryId;
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
  readonly storyIssue: number;
  /** 1…8, unique within the plan. */
  readonly number: number;
  readonly planVersion: number;
  readonly title: string;
  readonly description: string;
  readonly type: TaskType;
  readonly role: Role;
  readonly estimateHours: number;
  /** Numbers of the tasks of the same plan that it depends on (`openDependencies`). */
  readonly dependsOn: readonly number[];
  /** 1-based numbers of the acceptance criteria that it covers. */
  readonly covers: readonly number[];
  readonly state: TaskState;
  /** See `taskBranch`. */
  readonly branch: string;
  readonly issueNumber: number | null;
  readonly pullRequest: number | null;
  /** The holder: who implements it, also while others review. */
  readonly assignee: Assignee | null;
  /** ISO 8601, UTC; set only while implementing. */
  readonly leaseExpiresAt: string | null;
  /** 0 before the first assignment; one more each time that work on it begins again. */
  readonly round: number;
  readonly retries: number;
  /** Why its council gave up; null while it did not. A task with a reason is not assigned to a council by itself. */
  readonly councilGaveUp: string | null;
  readonly headSha: string | null;
  readonly headTree: string | null;
  /** Everybody who authored, co-authored or committed to the change: a `principalKey`, or an `authorKeyOf`. */
  readonly authors: readonly string[];
  /** False where the branch has more commits than are read, so that somebody may be missing among the authors. */
  readonly authorsKnown: boolean;
  readonly approvals: readonly Approval[];
  /** Oldest first. */
  readonly feedback: readonly Feedback[];
  /** What failed last: on its head, or in its last council; absent where nothing did. It travels into the next round's context. */
  readonly failingChecks?: readonly FailingCheck[];
  /** Something that readers should know, for example why the approvals are void; null where there is nothing. */
  readonly note: string | null;
  readonly merged: boolean;
  readonly mergeSha: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** When it came into its state (ISO 8601, UTC): what the timers count from. */
  readonly stateSince: string;
  /** What it has a time for now; see `deadlinesAt`. */
  readonly deadlines: readonly Deadline[];
  /** `<delivery id>/<action>` of the last requests that had an effect, newest last: a redelivery is recognised by it. */
  readonly handled: readonly string[];
};

/** What every transition leaves behind (DOMAIN.md §3): append-only, in the order in which it happened. */
export type TransitionRecord = {
  readonly from: TaskState;
  readonly to: TaskState;
  readonly action: TaskAction;
  readonly principal: Principal;
  /** The role that allowed it; null where it was the holder's right. */
  readonly role: Role | null;
  readonly reason: string | null;
  readonly headTree: string | null;
  readonly deliveryId: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
};
