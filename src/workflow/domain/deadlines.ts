import { toIso } from "../../kernel/clock.ts";
import type { Role } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import { afterWorkingTime, type QuietTime } from "../../kernel/working-time.ts";
import { type Deadline, type DeadlineKind, deadlineKinds } from "./deadline.ts";
import type { Task } from "./task.ts";

/** How long people may take, in milliseconds of working time (DOMAIN.md §3). */
export type SlaPolicy = {
  /** Until a claim ends that nothing is heard of. */
  readonly leaseMs: number;
  readonly deadlineMs: Readonly<Record<DeadlineKind, number>>;
  readonly quiet: QuietTime | null;
  /** The required checks decide about the tests (`gates.testing: checks`): qa has a time only for what it has taken. */
  readonly testedByChecks: boolean;
};

const hourMs = 60 * 60 * 1000;

/** What holds where `fleet.yml` says nothing (DOMAIN.md §3). */
export const defaultSla: SlaPolicy = {
  leaseMs: 2 * hourMs,
  deadlineMs: { review: 2 * hourMs, qa: 4 * hourMs, "product-owner": 24 * hourMs, task: 48 * hourMs },
  quiet: null,
  testedByChecks: false,
};

/** The states that each deadline runs in, and the role that it waits for; null: whoever has the task. */
const runsIn: Readonly<Record<DeadlineKind, { readonly states: readonly TaskState[]; readonly role: Role | null }>> = {
  review: { states: ["pending-arch-review", "arch-reviewing"], role: "architect" },
  qa: { states: ["pending-qa", "qa-testing"], role: "qa" },
  "product-owner": { states: ["pending-po-approval"], role: "product-owner" },
  task: {
    states: [
      "implementing",
      "pending-arch-review",
      "arch-reviewing",
      "arch-rejected",
      "pending-qa",
      "qa-testing",
      "qa-failed",
      "pending-po-approval",
    ],
    role: null,
  },
};

/** The states in which any deadline runs. */
export const statesWithDeadlines: readonly TaskState[] = runsIn.task.states;

/** The role that a deadline waits for; null: whoever has the task. */
export function roleOfDeadline(kind: DeadlineKind): Role | null {
  return runsIn[kind].role;
}

/** The deadlines that are over and still matter: what the task waits for now, or the task itself. */
export function overdue(task: Pick<Task, "state" | "deadlines">): readonly Deadline[] {
  return task.deadlines.filter(
    ({ kind, remindedAt }) => remindedAt !== null && runsIn[kind].states.includes(task.state),
  );
}

/**
 * A task's deadlines as they are at `now` (ms): begun where what they are for has begun, dropped where it is over, and
 * marked where their time is. A gate's time runs from when the task came to it, the task's from when work on it began.
 * Returns the same list where nothing changed.
 */
export function deadlinesAt(task: Task, policy: SlaPolicy, now: number): readonly Deadline[] {
  const kinds = deadlineKinds
    .filter((kind) => runsIn[kind].states.includes(task.state))
    .filter((kind) => kind !== "qa" || task.state !== "pending-qa" || !policy.testedByChecks);
  const next = kinds.map((kind) => {
    const running = task.deadlines.find((deadline) => deadline.kind === kind && !isOfAnEarlierVisit(deadline, task));
    return marked(running ?? begun(kind, task.stateSince, policy), now);
  });
  const isSame = next.length === task.deadlines.length && next.every((each) => task.deadlines.includes(each));
  return isSame ? task.deadlines : next;
}

/** A gate that is come to again, after a rejection or a new tree, has its time anew. */
function isOfAnEarlierVisit(deadline: Deadline, task: Task): boolean {
  const { states } = runsIn[deadline.kind];
  return deadline.kind !== "task" && task.state === states[0] && deadline.since < task.stateSince;
}

function begun(kind: DeadlineKind, since: string, policy: SlaPolicy): Deadline {
  const due = afterWorkingTime(Date.parse(since), policy.deadlineMs[kind], policy.quiet);
  return { kind, since, dueAt: toIso(due), remindedAt: null };
}

function marked(deadline: Deadline, now: number): Deadline {
  const isOver = deadline.remindedAt === null && Date.parse(deadline.dueAt) <= now;
  return isOver ? { ...deadline, remindedAt: toIso(now) } : deadline;
}
