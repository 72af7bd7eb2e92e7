import { isAdvised } from "../../../deliberation/application/request-advice.ts";
import { type BudgetAccount, goesOnText, usedUp, usedUpText } from "../../../deliberation/domain/council-budget.ts";
import type { Deliberation } from "../../../deliberation/domain/deliberation.ts";
import { isFinalStatus } from "../../../deliberation/domain/deliberation-status.ts";
import { permit } from "../../../kernel/permission.ts";
import { principalName } from "../../../kernel/principal.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { humanRoles, type Role } from "../../../kernel/roles.ts";
import { mayHandOver } from "../../../workflow/application/hand-over-task.ts";
import type { Task } from "../../../workflow/domain/task.ts";
import { isHolder } from "../../../workflow/domain/task-holder.ts";
import { taskTransition } from "../../../workflow/domain/task-machine.ts";
import { readMembers } from "../../commands/read-argument.ts";
import { resumedText } from "../../present/session-reply.ts";
import type { AppDeps } from "../app-deps.ts";
import { wasHandled } from "../move-story.ts";
import { done, outcomeOf, refused, type Trigger, type TriggerOutcome } from "../trigger.ts";
import { type Asking, refusal, type SpecialCommand, storyIdOf, tasksAt } from "./asking.ts";

/**
 * `/council [n]`: a story without a plan gets one; of a story with tasks every free one goes to a council; a change of people
 * that waits at a gate is looked at, which takes a seat for each role.
 */
export const council: SpecialCommand = {
  refuse: (asking) => (adviceTask(asking) === null ? refuseCouncil(asking) : refuseAdvice(asking)),
  async run(asking, argument) {
    const members = readMembers(argument);
    if (!members.ok) return refused(refusal("bad-argument", members.problem, "Write for example: /council 5"));
    const task = adviceTask(asking);
    if (task !== null) return askForAdvice(asking, task);
    return giveToCouncil(asking, members.value);
  },
};

/** `/stop`: ends what councils do here, at once; what they held waits for people or for `/resume`. */
export const stop: SpecialCommand = {
  async refuse(asking) {
    const missing = refuseOutsiders(asking.trigger, "stop");
    if (missing !== null) return missing;
    const running = (await deliberationsAt(asking)).some(
      ({ status, stoppedBy }) => !isFinalStatus(status) || stoppedBy === asking.trigger.deliveryId,
    );
    const held = (await tasksAt(asking)).some(
      (task) => isHeldByCouncil(task) || wasHandled(task, asking.trigger.deliveryId),
    );
    if (running || held) return null;
    return refusal("nothing-running", "No council is at work here.", "Nothing: /status says where things stand.");
  },
  async run(asking) {
    const { deps, trigger, place } = asking;
    const { deliveryId } = trigger;
    const reason = `Stopped by ${principalName(trigger.principal)}.`;
    const of = place.kind === "task" ? { task: place.task.id } : "everything";
    await deps.councils.stop({ storyId: storyIdOf(place), of, reason, deliveryId });
    // Said at once, and also where the council's work had not begun yet.
    for (const task of (await tasksAt(asking)).filter(isHeldByCouncil)) {
      if (!wasHandled(task, deliveryId)) await deps.workflow.councilFailed({ taskId: task.id, reason, deliveryId });
    }
    return done;
  },
};

/** `/resume`: what `/stop` ended begins anew, with as many members as before; the answer says from where. */
export const resume: SpecialCommand = {
  async refuse(asking) {
    const refused = await refuseCouncil(asking);
    if (refused !== null && refused.reason !== "not-in-this-state") return refused;
    const stopped = await stoppedAt(asking);
    if (stopped.plan !== null || stopped.tasks.length > 0 || (await hadEffect(asking))) return null;
    return refusal("nothing-stopped", "Nothing was stopped here.", "A council is asked for with /council.");
  },
  async run(asking) {
    const { deps, trigger, place } = asking;
    if (await hadEffect(asking)) return saysWhere(asking);
    const stopped = await stoppedAt(asking);
    if (stopped.plan !== null)
      await deps.councils.requestPlan(storyIdOf(place), trigger.deliveryId, stopped.plan.members.length);
    const handed = stopped.tasks.length === 0 ? done : await handOver(deps, trigger, stopped.tasks);
    return handed.kind === "done" ? saysWhere(asking) : handed;
  },
};

async function saysWhere({ deps, place, trigger }: Asking): Promise<TriggerOutcome> {
  const role = place.kind === "task" ? place.task.role : null;
  const session = await deps.sessionOf({ storyId: storyIdOf(place), role, asker: trigger.principal });
  return { kind: "answered", text: resumedText(session) };
}

/** The task whose change waits at a gate at this place; null where none does. */
function adviceTask({ place }: Asking): Task | null {
  return place.kind === "task" && isAdvised(place.task.state) ? place.task : null;
}

/** Why no advice may be asked for by this person, here and now; null where it may. */
async function refuseAdvice(asking: Asking): Promise<Refusal | null> {
  const { deps, trigger } = asking;
  const missing = refuseOutsiders(trigger, "council", mayHandOver);
  if (missing !== null) return missing;
  return (await deps.councilPolicy(trigger.ref.repository)).available ? refuseByTokens(asking) : refusedWithoutModel;
}

async function askForAdvice({ deps, trigger }: Asking, task: Task): Promise<TriggerOutcome> {
  const next = "An approving or rejecting review decides; a new commit may be looked at again.";
  const never = (rule: string) => refused(refusal("not-in-this-state", rule, next));
  switch ((await deps.councils.requestAdvice(task.id, trigger.deliveryId)).kind) {
    case "own-work":
      return never("The change is a council's own work, and agents do not review their own.");
    case "already-done":
      return never("Agents are asked to read a change once, and for this one they were.");
    case "not-now":
    case "moved-on":
      return never("The branch has another head by now, or there is none.");
    case "no-model":
      return refused(refusedWithoutModel);
    default:
      return done;
  }
}

const refusedWithoutModel: Refusal = refusal(
  "no-model",
  "No model host is configured, so there is no council.",
  "Work goes on with people: type the plan, claim the task. An operator adds a host with FLEET_MODEL_HOSTS.",
);

/** Gives to a council what can be given at this place. */
export async function giveToCouncil(asking: Asking, members: number | undefined): Promise<TriggerOutcome> {
  const { deps, trigger, place } = asking;
  if (place.kind === "story" && place.story.state === "ready-for-planning") {
    await deps.councils.requestPlan(place.story.id, trigger.deliveryId, members);
    return done;
  }
  const tasks = (await tasksAt(asking)).filter((task) => place.kind === "task" || task.state === "todo");
  return handOver(
    deps,
    trigger,
    tasks.map((task) => ({ task, members })),
  );
}

async function handOver(
  deps: AppDeps,
  { principal, roles, deliveryId }: Trigger,
  tasks: readonly { readonly task: Task; readonly members: number | undefined }[],
): Promise<TriggerOutcome> {
  const decisions = [];
  for (const { task, members } of tasks) {
    const assignee = { kind: "council", ...(members === undefined ? {} : { members }) } as const;
    decisions.push(await deps.workflow.handOverTask({ taskId: task.id, assignee, principal, roles, deliveryId }));
  }
  // Tasks that wait for others refuse; one that went is a success.
  const moved = decisions.find((decision) => decision.kind !== "refused");
  const first = moved ?? decisions[0];
  return first === undefined ? done : outcomeOf(first);
}

/** Why no council may be asked by this person, here and now; null when it may. */
export async function refuseCouncil(asking: Asking): Promise<Refusal | null> {
  const { deps, trigger, place } = asking;
  const forPlan = place.kind === "story" && place.story.state === "ready-for-planning";
  const missing = refuseOutsiders(trigger, "council", forPlan ? humanRoles : mayHandOver);
  if (missing !== null) return missing;
  if (!(await deps.councilPolicy(trigger.ref.repository)).available) return refusedWithoutModel;
  const free = (await tasksAt(asking)).some(
    (task) => mayChangeHands(task, trigger) || wasHandled(task, trigger.deliveryId),
  );
  if (forPlan || free) return refuseByTokens(asking);
  const state = place.kind === "story" ? place.story.state : place.task.state;
  const rule = `The ${place.kind} is in ${state}, where nothing is free to be given to a council.`;
  return refusal("not-in-this-state", rule, "/why says what it waits for.");
}

/** Refused where the tokens are used up that it would take; a delivery that had its effect before that keeps it. */
async function refuseByTokens(asking: Asking): Promise<Refusal | null> {
  const gone = usedUp(await accountsAt(asking));
  if (gone.length === 0 || (await hadEffect(asking))) return null;
  return refusal(
    "tokens-used-up",
    usedUpText(gone),
    `${goesOnText(gone)} People can type the plan and claim tasks meanwhile.`,
  );
}

/** How the tokens stand that a council at this place counts for: of a story with tasks, those of the story. */
export function accountsAt({ deps, trigger, place }: Asking): Promise<readonly BudgetAccount[]> {
  const task = place.kind === "task" ? place.task.id : null;
  return deps.councils.budgetAccounts({ repository: trigger.ref.repository, story: storyIdOf(place), task });
}

/** Whether somebody could give the task away now: it is free, was rejected, or is the giver's own. */
export function mayChangeHands(task: Task, { principal }: Trigger): boolean {
  const free = [taskTransition("assign"), taskTransition("revise-code")].some((row) => row.from.includes(task.state));
  return free || (task.state === "implementing" && isHolder(task, principal));
}

/** Why somebody without one of these roles may not; unknown roles never pass, and the refusal says that. */
export function refuseOutsiders(
  { principal, roles }: Trigger,
  action: string,
  by: readonly Role[] = humanRoles,
): Refusal | null {
  const permission = permit({ action, by, inPerson: false, personName: null }, principal, roles);
  return permission.allowed ? null : permission.refusal;
}

function isHeldByCouncil(task: Task): boolean {
  return task.state === "implementing" && task.assignee?.kind === "council";
}

async function deliberationsAt({ deps, place }: Asking): Promise<readonly Deliberation[]> {
  const all = await deps.councils.ofStory(storyIdOf(place));
  return place.kind === "story" ? all : all.filter(({ task }) => task === place.task.id);
}

/** Whether this delivery gave a task away or began a council already. */
async function hadEffect(asking: Asking): Promise<boolean> {
  const { deliveryId } = asking.trigger;
  const handled = (await tasksAt(asking)).some((task) => wasHandled(task, deliveryId));
  return handled || (await deliberationsAt(asking)).some(({ causationId }) => causationId === deliveryId);
}

/** What waits because somebody stopped it: the latest of its kind, and nothing of it runs since. */
async function stoppedAt(asking: Asking) {
  const all = await deliberationsAt(asking);
  const isWork = ({ kind }: Deliberation) => kind === "plan" || kind === "implementation";
  const latest = (task: string | null) => all.filter((each) => each.task === task && isWork(each)).at(-1);
  const { place } = asking;
  const plan = place.kind === "story" && place.story.state === "ready-for-planning" ? latest(null) : undefined;
  const tasks = (await tasksAt(asking))
    .map((task) => ({ task, last: latest(task.id) }))
    .filter(({ task, last }) => task.state === "todo" && task.councilGaveUp !== null && wasStopped(task, last))
    .map(({ task, last }) => ({ task, members: last?.members.length }));
  return { plan: plan !== undefined && plan.stoppedBy !== null ? plan : null, tasks };
}

/** Stopped at its work, or before it began: then the round that the task was in has no deliberation. */
function wasStopped(task: Task, last: Deliberation | undefined): boolean {
  return last === undefined || last.stoppedBy !== null || last.round < task.round;
}
