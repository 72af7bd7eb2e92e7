import { toIso } from "../../kernel/clock.ts";
import type { EventBody } from "../../kernel/event.ts";
import { refuseShortFeedback, trimFeedback } from "../../kernel/feedback.ts";
import { either, type Permission, permit } from "../../kernel/permission.ts";
import { type Principal, principalName, system } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Role, RoleAnswer } from "../../kernel/roles.ts";
import { changeTask } from "./change-task.ts";
import type { Task, TransitionRecord } from "./task.ts";
import { isAuthor } from "./task-authors.ts";
import { refuseByGuard } from "./task-guards.ts";
import { holderName, isHolder } from "./task-holder.ts";
import { type TaskTransition, taskRows, taskTransition } from "./task-machine.ts";
import type { TaskDecision, TaskRequest } from "./task-request.ts";

/** How many of the last requests a task remembers, to recognise redeliveries. */
const rememberedRequests = 32;

/** The longest reason that a record keeps where it is made of remarks, in characters. */
const maxReason = 4_000;

/**
 * Decides one request on a task (DOMAIN.md §3). Checked in this order: whether it took effect already, the state, the
 * role, the separation of duties, the feedback, the guard. Pure: the same task and request always give the same decision.
 */
export function decideTask(task: Task, request: TaskRequest): TaskDecision {
  const row = taskTransition(request.action);
  if (tookEffect(task, row, request)) {
    return { kind: "unchanged" };
  }
  if (!row.from.includes(task.state)) {
    return refused(notInThisState(task, row));
  }
  const permission = permitOnTask(task, row, request.principal, request.roles);
  if (!permission.allowed) {
    return refused(permission.refusal);
  }
  const who = rolesOfRow(row);
  const refusal =
    refuseOwnWork(task, row, request.principal) ??
    refuseUnknownAuthors(task, row) ??
    (row.needsFeedback ? refuseShortFeedback(row.action, wordsOf(request), who) : null) ??
    refuseByGuard(row.guard, task, request, who);
  return refusal === null ? move(task, row, request, permission.role) : refused(refusal);
}

/** Whether a principal may take the row's action: by a role, or as the holder of the task. */
export function permitOnTask(task: Task, row: TaskTransition, principal: Principal, roles: RoleAnswer): Permission {
  const isForHolder = row.by.includes("holder");
  return permit(
    {
      action: row.action,
      by: rolesOfRow(row),
      inPerson: isForHolder && isHolder(task, principal),
      personName: isForHolder ? `the holder of the task (${holderName(task)})` : null,
    },
    principal,
    roles,
  );
}

/** The roles of a row, without the holder's right. */
export function rolesOfRow(row: TaskTransition): readonly Role[] {
  return row.by.filter((actor) => actor !== "holder");
}

/** Separation of duties: nobody judges a change that he, she or it authored or committed to (DOMAIN.md §1). */
export function refuseOwnWork(task: Task, row: TaskTransition, principal: Principal): Refusal | null {
  if (!row.judges || !isAuthor(task, principal)) {
    return null;
  }
  return {
    reason: "own-work",
    rule: `"${row.action}" judges a change that ${principalName(principal)} authored or committed to.`,
    who: rolesOfRow(row),
    next: `Ask another ${either(rolesOfRow(row))} to decide.`,
  };
}

/** Whoever is not known as an author of the change may be one of it all the same, where not all of them are known. */
export function refuseUnknownAuthors(task: Task, row: TaskTransition): Refusal | null {
  if (!row.judges || task.authorsKnown) {
    return null;
  }
  return {
    reason: "authors-unknown",
    rule: `"${row.action}" judges a change of which not every author is known: ${task.branch} has more commits than are read.`,
    who: [],
    next: "Squash the branch to fewer commits, keep the lines that name co-authors, and push it; then it can be decided on.",
  };
}

/** Whether this very delivery had its effect already. */
export function isHandled(task: Task, action: string, deliveryId: string | null | undefined): boolean {
  return deliveryId != null && task.handled.includes(`${deliveryId}/${action}`);
}

/** The last requests that had an effect, with this one. */
function withHandled(task: Task, action: string, deliveryId: string | null | undefined): readonly string[] {
  return deliveryId == null ? task.handled : [...task.handled, `${deliveryId}/${action}`].slice(-rememberedRequests);
}

/**
 * Whether the request has its effect already: the same delivery again, or a task that is where the action leads and was
 * led there by the same request. Several actions lead to `implementing`, so that state alone does not say it.
 */
function tookEffect(task: Task, row: TaskTransition, request: TaskRequest): boolean {
  if (isHandled(task, row.action, request.deliveryId)) {
    return true;
  }
  if (task.state !== row.to) {
    return false;
  }
  const feedback = trimFeedback(request.feedback);
  const lastFeedback = task.feedback.at(-1);
  const said = lastFeedback?.text === feedback && lastFeedback?.by === principalName(request.principal);
  switch (row.action) {
    case "claim-task":
      return isHolder(task, request.principal);
    case "assign":
      return JSON.stringify(request.assignee ?? { kind: "council" }) === JSON.stringify(task.assignee);
    case "commit-code":
      return request.headSha === undefined || request.headSha === task.headSha;
    case "reject-design":
    case "reject-tests":
    case "reject-story":
      return said;
    case "revise-code":
      return feedback === null ? task.round > 1 : said;
    case "invalidate":
      return request.headTree === undefined || request.headTree === task.headTree;
    default:
      return true;
  }
}

function notInThisState(task: Task, row: TaskTransition): Refusal {
  if ((row.action === "claim-task" || row.action === "assign") && task.state === "implementing") {
    return {
      reason: "lease-taken",
      rule: `${holderName(task)} holds the task until ${task.leaseExpiresAt ?? "it is given back"}.`,
      who: [],
      next: "Ask its holder to release it, or wait for the end of the lease.",
    };
  }
  const possible = taskRows.filter((candidate) => candidate.from.includes(task.state) && !onlySystem(candidate));
  return {
    reason: "not-in-this-state",
    rule: `"${row.action}" is possible in ${either(row.from)}; the task is in ${task.state}.`,
    who: rolesOfRow(row),
    next:
      possible.length === 0
        ? "Nothing: the task has ended."
        : `Possible now: ${possible.map((candidate) => candidate.action).join(", ")}.`,
  };
}

/** Reviewers often say everything on lines of the change and nothing in the summary: all of it is the feedback. */
function wordsOf({ feedback = "", remarks = [] }: TaskRequest): string {
  return [feedback, ...remarks.map(({ path, text }) => `${path}: ${text}`)].join("\n").slice(0, maxReason);
}

function onlySystem(row: TaskTransition): boolean {
  return row.by.every((actor) => actor === "system");
}

function move(task: Task, row: TaskTransition, request: TaskRequest, role: Role | null): TaskDecision {
  const at = toIso(request.now);
  const asked: TransitionRecord = {
    from: task.state,
    to: row.via?.state ?? row.to,
    action: row.action,
    principal: request.principal,
    role,
    reason:
      trimFeedback(request.feedback) ??
      trimFeedback(wordsOf(request)) ??
      request.councilGaveUp ??
      request.roleLost?.why ??
      request.checksSay?.standing ??
      null,
    headTree: request.headTree ?? task.headTree,
    deliveryId: request.deliveryId ?? null,
    at,
  };
  const changed = changeTask(task, asked, request);
  const moved: Task = {
    ...changed.task,
    state: row.to,
    stateSince: at,
    leaseExpiresAt: row.to === "implementing" ? changed.task.leaseExpiresAt : null,
    handled: withHandled(task, row.action, request.deliveryId),
  };
  const judged = row.judges ? { judged: judgedBy(task, request) } : {};
  const records = [{ ...asked, headTree: moved.headTree }, ...routing(row, asked, moved)];
  const transitions = records.map((record) => transitioned(record, moved, record === records[0] ? judged : {}));
  return { kind: "moved", task: moved, records, events: [...transitions, ...changed.events] };
}

/** The step that follows by itself from a routing state, under its own name. */
function routing(row: TaskTransition, asked: TransitionRecord, moved: Task): readonly TransitionRecord[] {
  if (row.via === null) {
    return [];
  }
  const { state, action } = row.via;
  return [
    {
      ...asked,
      from: state,
      to: row.to,
      action,
      principal: system,
      role: "system",
      reason: null,
      headTree: moved.headTree,
    },
  ];
}

/** What a step at a gate is about, beside the tree. */
function judgedBy({ pullRequest }: Task, { remarks = [] }: TaskRequest) {
  return { pullRequest, files: [...new Set(remarks.map(({ path }) => path))] };
}

type Judged = { readonly judged?: ReturnType<typeof judgedBy> };

function transitioned(record: TransitionRecord, task: Task, judged: Judged): EventBody {
  const { at: _at, ...payload } = record;
  return { type: "workflow.task.transitioned", payload: { ...payload, headSha: task.headSha, ...judged } };
}

function refused(refusal: Refusal): TaskDecision {
  return { kind: "refused", refusal };
}
