import { isFinalStatus } from "../../../deliberation/domain/deliberation-status.ts";
import type { Role } from "../../../kernel/roles.ts";
import { readRole } from "../../commands/read-argument.ts";
import { budgetText } from "../../present/budget-reply.ts";
import { contextText } from "../../present/context-reply.ts";
import { refused } from "../trigger.ts";
import { refusal, type SpecialCommand, storyIdOf, tasksAt } from "./asking.ts";
import { refuseOutsiders } from "./council-commands.ts";

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
    const built = await deps.contextOf({ storyId: storyIdOf(place), taskId, role });
    if (built === null)
      return refused(refusal("unknown-story", "There is no such story.", "Label the issue fleet:story first."));
    return { kind: "answered", text: contextText(role, built) };
  },
};

/** `/budget`: what councils used for this story or task, and the limits of fleet.yml. */
export const budget: SpecialCommand = {
  refuse: async () => null,
  async run(asking) {
    const { deps, place } = asking;
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
    const today = await deps.councils.tokensToday(asking.trigger.ref.repository);
    const limits = { ...perRound, rounds, members, today };
    return { kind: "answered", text: budgetText(place.kind, rows, limits) };
  },
};
