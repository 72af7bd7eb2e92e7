import type { HumanPrincipal } from "../../../kernel/principal.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { mayHandOver } from "../../../workflow/application/hand-over-task.ts";
import { statusOf } from "../../client/request-failure.ts";
import { readAssignee } from "../../commands/read-argument.ts";
import { wasHandled } from "../move-story.ts";
import { outcomeOf, refused, type TriggerOutcome } from "../trigger.ts";
import { type Asking, refusal, type SpecialCommand, tasksAt, whereToWrite } from "./asking.ts";
import { giveToCouncil, mayChangeHands, refuseCouncil, refuseOutsiders } from "./council-commands.ts";

/** `/assign council|@login`: a task goes to a council, or to a person who holds the developer role. */
export const assign: SpecialCommand = {
  async refuse(asking) {
    const { trigger, place } = asking;
    const missing = refuseOutsiders(trigger, "assign", mayHandOver);
    if (missing !== null) return missing;
    const free = (await tasksAt(asking)).some(
      (task) => mayChangeHands(task, trigger) || wasHandled(task, trigger.deliveryId),
    );
    if (free || (place.kind === "story" && place.story.state === "ready-for-planning")) return null;
    const state = place.kind === "story" ? place.story.state : place.task.state;
    const rule = `The ${place.kind} is in ${state}, where nothing is free to be given away.`;
    return refusal("not-in-this-state", rule, "/why says what it waits for.");
  },
  async run(asking, argument) {
    const to = readAssignee(argument);
    if (!to.ok)
      return refused(refusal("bad-argument", to.problem, "Write for example: /assign council, or /assign octocat"));
    if (to.value.kind === "person") return assignPerson(asking, to.value.login);
    const refusedCouncil = await refuseCouncil(asking);
    return refusedCouncil === null ? giveToCouncil(asking, to.value.members) : refused(refusedCouncil);
  },
};

async function assignPerson(asking: Asking, login: string): Promise<TriggerOutcome> {
  const { deps, trigger, place } = asking;
  if (place.kind === "story") {
    const where = whereToWrite((await tasksAt(asking)).filter((task) => mayChangeHands(task, trigger)));
    const next = where === null ? "No task is free now." : `Write it on ${where}.`;
    return refused(refusal("wrong-place", "A person is given one task, on that task's issue or pull request.", next));
  }
  const person = await lookUp(asking, login);
  if (!person.ok) return refused(person.refusal);
  const { principal, roles, deliveryId } = trigger;
  const assignee = { kind: "person", principal: person.principal } as const;
  const taskId = place.task.id;
  return outcomeOf(await deps.workflow.handOverTask({ taskId, assignee, principal, roles, deliveryId }));
}

type Found =
  | { readonly ok: true; readonly principal: HumanPrincipal }
  | { readonly ok: false; readonly refusal: Refusal };

/** The person of a login, if he or she may work on tasks here; unknown never passes (DOMAIN.md §1). */
async function lookUp({ deps, trigger }: Asking, login: string): Promise<Found> {
  const no = (rule: string, next: string): Found => ({ ok: false, refusal: refusal("unknown-person", rule, next) });
  const octokit = await deps.octokitFor(trigger.ref.installation);
  let user: { id: number; login: string; type: string };
  try {
    user = (await octokit.rest.users.getByUsername({ username: login })).data;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return no(`GitHub knows nobody with the login ${login}.`, "Look whether it is spelt as on the person's profile.");
  }
  if (user.type !== "User")
    return no(`${user.login} is no person (GitHub calls it ${user.type}).`, "A council is asked for with /council.");
  const answer = await deps.rolesOf(trigger.ref, { id: user.id, login: user.login });
  if (!answer.known) {
    const rule = `Whether ${user.login} is a developer here is unknown: ${answer.why}.`;
    return { ok: false, refusal: refusal("roles-unknown", rule, "Ask again in a minute.") };
  }
  if (!answer.roles.includes("developer")) {
    return no(
      `${user.login} is no developer here (holds ${answer.roles.length === 0 ? "no role" : answer.roles.join(", ")}).`,
      "Name somebody who is, or add the person to a team of developers.",
    );
  }
  return { ok: true, principal: { kind: "human", id: user.id, login: user.login } };
}
