import type { Assignee, EventBody } from "../../kernel/event.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { LeasePolicy } from "./lease.ts";
import type { OpenDependency } from "./plan-progress.ts";
import type { StoryRoom } from "./story-room.ts";
import type { Remark, Task, TransitionRecord } from "./task.ts";
import type { RequestedTaskAction } from "./task-machine.ts";

/** What the required checks say, where fleet.yml leaves the tests to them (`gates.testing: checks`). */
export type ChecksSay = {
  /** Whether at least one has reported on the head, and all are green. */
  readonly passed: boolean;
  /** How they stand, as a sentence for people. */
  readonly standing: string;
};

/** Facts that guards look at beside the task itself. */
export type TaskFacts = {
  /** What this task depends on and what is open; absent: nobody looked, and each counts as open. */
  readonly openDependencies?: readonly OpenDependency[];
  /** What its story finds in the repository, for a task that would begin; null or absent: nothing limits it. */
  readonly room?: StoryRoom | null;
  /** Whether the required checks are green on `headSha`. */
  readonly checksGreen?: boolean;
  /** Of tests that are written first: the tasks that have yet to bring their code (`awaitedCode`). */
  readonly awaits?: readonly number[];
  /** Absent where people decide about the tests. */
  readonly checksSay?: ChecksSay;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** One request to move a task. */
export type TaskRequest = TaskFacts & {
  readonly action: RequestedTaskAction;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  readonly feedback?: string;
  /** Remarks on lines of the change that go with the feedback. */
  readonly remarks?: readonly Remark[] | undefined;
  /** GitHub's id of the review that asks. */
  readonly reviewId?: number | undefined;
  /** For `invalidate`: the review that was dismissed. */
  readonly dismissedReview?: number;
  /** The commit that the request is about: what was pushed, or what was reviewed. */
  readonly headSha?: string;
  /** That commit's tree. */
  readonly headTree?: string;
  /** For `commit-code`: whether the commit is on the task's branch. */
  readonly onBranch?: boolean;
  /** For `commit-code`: everybody who authored or committed, and whether these are all; see `Task`. */
  readonly authors?: readonly string[];
  readonly authorsKnown?: boolean | undefined;
  /** For `assign`, and for `revise-code` when somebody else goes on. */
  readonly assignee?: Assignee;
  /** For what makes somebody hold the task: the repository's lease. Left out: the usual one, `defaultSla`. */
  readonly lease?: LeasePolicy;
  /** For the system's `release-task`: why the council gave up. */
  readonly councilGaveUp?: string;
  /** For the system's `release-task`: the holder (`principalKey`) who lost the role for the task, and the reason. */
  readonly roleLost?: { readonly holder: string; readonly why: string };
  readonly deliveryId?: string | null;
};

/** What became of a request. `unchanged`: it had already taken effect. */
export type TaskDecision =
  | {
      readonly kind: "moved";
      readonly task: Task;
      readonly records: readonly TransitionRecord[];
      readonly events: readonly EventBody[];
    }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly refusal: Refusal };
