import type { EventBody } from "../../kernel/event.ts";
import { type Principal, principalKey, system } from "../../kernel/principal.ts";
import { type Role, systemRoles } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import { validationOf, withHead } from "./change-task.ts";
import { decideTask } from "./decide-task.ts";
import { decideInTurn } from "./review.ts";
import type { Task } from "./task.ts";
import { isHolder } from "./task-holder.ts";
import { taskTransition } from "./task-machine.ts";
import type { TaskDecision } from "./task-request.ts";

/** A commit that is the head of the task's branch now. */
export type Head = {
  readonly headSha: string;
  readonly headTree: string;
  readonly authors: readonly string[];
  /** Whether these are all; left out where nobody read the branch, and then what was known stays. */
  readonly authorsKnown?: boolean | undefined;
  readonly committer: Principal;
  readonly deliveryId: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/**
 * What a new head means. `task` is to be saved whatever the decision is, because a head is a fact: who worked on it and
 * which tree it has must be known even where the push itself decides nothing.
 */
export type HeadOutcome = {
  readonly decision: TaskDecision;
  readonly task: Task;
  /** Whether anything is to be saved. */
  readonly changed: boolean;
  /** Events beside the decision's own. */
  readonly events: readonly EventBody[];
};

/** The gate that a state waits for: it is asked again when its commit changes. */
const gateOf: Partial<Record<TaskState, Role>> = {
  "pending-arch-review": "architect",
  "arch-reviewing": "architect",
  "pending-qa": "qa",
  "qa-testing": "qa",
  "pending-po-approval": "product-owner",
};

/**
 * Decides what a new head does: the holder's commit hands the work in (after a rejection it revises and hands in, in one
 * step); another tree after an approval voids the approvals; everything else is recorded only. The head that is known
 * already, and a push after the merge, change nothing, but that all authors of a known head are known by now.
 */
export function decideHead(task: Task, head: Head): HeadOutcome {
  const authors = [...new Set([...head.authors, ...authorOf(head.committer)])];
  if (task.headSha === head.headSha || task.merged) {
    const learned = !task.merged && head.authorsKnown === true && !task.authorsKnown;
    return {
      decision: { kind: "unchanged" },
      task: learned ? withHead(task, { authors, authorsKnown: true }) : task,
      changed: learned,
      events: [],
    };
  }
  const decision = decide(task, { ...head, authors });
  if (decision.kind === "moved") {
    return { decision, task: decision.task, changed: true, events: [] };
  }
  const recorded = withHead(task, { ...head, authors });
  const gate = decision.kind === "unchanged" ? gateOf[task.state] : undefined;
  return { decision, task: recorded, changed: true, events: gate === undefined ? [] : [validationOf(recorded, gate)] };
}

function decide(task: Task, head: Head): TaskDecision {
  const { headSha, headTree, authors, authorsKnown, deliveryId, now, committer } = head;
  const facts = { headSha, headTree, authors, authorsKnown, deliveryId, now, onBranch: true };
  if (task.state === "implementing") {
    return decideTask(task, {
      ...facts,
      action: "commit-code",
      principal: committer,
      roles: { known: true, roles: [] },
    });
  }
  if (taskTransition("revise-code").from.includes(task.state) && isHolder(task, committer)) {
    // The holder took the task as a developer; pushing to its branch is how a developer revises.
    const roles = { known: true, roles: ["developer"] } as const;
    return decideInTurn(task, ["revise-code", "commit-code"], { ...facts, principal: committer, roles });
  }
  if (
    task.approvals.length > 0 &&
    taskTransition("invalidate").from.includes(task.state) &&
    headTree !== task.headTree
  ) {
    return decideTask(task, {
      ...facts,
      action: "invalidate",
      principal: system,
      roles: systemRoles,
    });
  }
  return { kind: "unchanged" };
}

/** The fleet pushes what others made; it is no author itself. */
function authorOf(committer: Principal): readonly string[] {
  return committer.kind === "system" ? [] : [principalKey(committer)];
}
