import { limitKey } from "../../../deliberation/domain/council-budget.ts";
import { isFinalStatus } from "../../../deliberation/domain/deliberation-status.ts";
import { principalKey } from "../../../kernel/principal.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import type { Role } from "../../../kernel/roles.ts";
import { type More, readMore, readRole } from "../../commands/read-argument.ts";
import { budgetText } from "../../present/budget-reply.ts";
import { contextText } from "../../present/context-reply.ts";
import { refused } from "../trigger.ts";
import { type Asking, refusal, type SpecialCommand, storyIdOf, tasksAt } from "./asking.ts";
import { accountsAt, refuseOutsiders } from "./council-commands.ts";

/** Whoever holds one of these sees what any role would be given; everybody else only what his or her own would. */
const seesAll: readonly Role[] = ["product-owner", "architect"];

/** `/context [role]`: what an agent of that role would be given. */
export const context: SpecialCommand = {
  async refuse({ trigger }) {
    return refuseOutsiders(trigger, "context");
  },
  async run({ deps, trigger, place }, argument) {
    const read = readRole(argument);
    if (!read.ok) return refused(refusal("bad-argument", read.problem, "Write for example: /context qa"));
    const role = read.value ?? (place.kind === "task" ? place.task.role : "architect");
    const missing = refuseOutsiders(trigger, `context ${role}`, [...new Set([...seesAll, role])]);
    if (missing !== null) return refused(missing);
    const taskId = place.kind === "task" ? place.task.id : null;
    const built = await deps.contextOf({ storyId: storyIdOf(place), taskId, role, asker: trigger.principal });
    if (built === null)
      return refused(refusal("unknown-story", "There is no such story.", "Label the issue fleet:story first."));
    return { kind: "answered", text: contextText(built) };
  },
};

/**
 * `/budget`: what councils used for this story or task, and the limits of fleet.yml. `/budget +50000`: the product owner
 * raises the limit of this story or task, and what waits for that goes on.
 */
export const budget: SpecialCommand = {
  refuse: async () => null,
  async run(asking, argument) {
    const { deps, place } = asking;
    const read = readMore(argument);
    if (!read.ok)
      return refused(refusal("bad-argument", read.problem, "Write for example: /budget +100000, or /budget +60min"));
    const refusedToAllow = read.value === undefined ? null : await allow(asking, read.value);
    if (refusedToAllow !== null) return refused(refusedToAllow);
    const all = await deps.councils.ofStory(storyIdOf(place));
    const here = place.kind === "story" ? all : all.filter(({ task }) => task === place.task.id);
    const numbers = new Map((await tasksAt(asking)).map(({ id, number }) => [String(id), number]));
    const rows = here.map(({ kind, task, round, status, used }) => ({
      what:
        task === null
          ? kind
          : `${kind === "advice" ? "advice on " : ""}task ${numbers.get(task) ?? task.replace(/^.*-t/, "")}`,
      round,
      status,
      running: !isFinalStatus(status),
      tokens: used?.tokens ?? null,
      ms: used?.ms ?? null,
    }));
    const { configuration } = await deps.configurations.of(asking.trigger.ref);
    const { budget: perRound, rounds, members } = configuration.council;
    const limits = { ...perRound, rounds, members, accounts: await accountsAt(asking) };
    return { kind: "answered", text: budgetText(place.kind, rows, limits) };
  },
};

/** Lets councils use so much more at this place; why not, where this person may not or nothing is limited there. */
async function allow(asking: Asking, more: More): Promise<Refusal | null> {
  const { deps, trigger, place } = asking;
  const missing = refuseOutsiders(trigger, "budget", ["product-owner"]);
  if (missing !== null) return missing;
  if (!(await accountsAt(asking)).some(({ scope, unit }) => scope === place.kind && unit === more.unit))
    return refusal(
      "no-limit",
      `Nothing limits the ${more.unit} of a ${place.kind} here: ${limitKey(place.kind, more.unit)} of .github/fleet.yml is not set.`,
      "/budget alone shows the limits that there are.",
    );
  const { installation, repository } = trigger.ref;
  const [story, task] = place.kind === "task" ? [place.task.storyId, place.task.id] : [place.story.id, null];
  const by = principalKey(trigger.principal);
  const { deliveryId } = trigger;
  await deps.councils.allowMore({
    story: { id: story, installation, repository },
    task,
    more,
    by,
    deliveryId,
  });
  return null;
}
