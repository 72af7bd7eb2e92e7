import { storyId } from "../../../kernel/ids.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { noSuchCeremony } from "../../../planning/application/ceremonies/transition-ceremony.ts";
import { type Ceremony, ceremonyMeant } from "../../../planning/domain/ceremony/ceremony.ts";
import { type CeremonyAction, ceremonyTransition } from "../../../planning/domain/ceremony/ceremony-machine.ts";
import { type CeremonyStep, readCeremonyStep } from "../../commands/ceremony-steps.ts";
import { ceremonyHelpText } from "../../present/ceremony-help.ts";
import { outcomeOf, refused, type TriggerOutcome } from "../trigger.ts";
import { type Asking, refusal, type SpecialCommand, storyIdOf } from "./asking.ts";
import { refuseOutsiders } from "./council-commands.ts";

/**
 * `/ceremony [step]`: the backlog review. GitHub takes no comments on a milestone, so a sprint's review is called on the
 * issue of one of its stories.
 */
export const ceremony: SpecialCommand = {
  async refuse({ trigger }): Promise<Refusal | null> {
    return refuseOutsiders(trigger, "ceremony", ceremonyTransition("start").by);
  },
  async run(asking, argument) {
    const step = readCeremonyStep(argument);
    if (!step.ok) return refused(refusal("bad-argument", step.problem, "Write for example: /ceremony milestone"));
    const here = storyIdOf(asking.place);
    const all = await asking.deps.planning.ceremoniesOf(here);
    return take(asking, step.value, ceremonyMeant(all, here, asking.trigger.deliveryId));
  },
};

function take(asking: Asking, step: CeremonyStep, meant: Ceremony | null): Promise<TriggerOutcome> {
  switch (step.name) {
    case "help":
      return Promise.resolve({ kind: "answered", text: ceremonyHelpText });
    case "start":
      return meant === null ? create(asking, "story", true) : ask(asking, meant, { action: "start" });
    case "milestone":
      return create(asking, "milestone", true);
    case "draft":
      return create(asking, "story", false);
    case "add":
    case "remove": {
      const about = storyId(asking.trigger.ref.repository, step.issue);
      return ask(asking, meant, { action: `${step.name}-story`, storyId: about });
    }
    case "approve":
    case "reject":
      return ask(asking, meant, { action: step.name, storyId: storyIdOf(asking.place), feedback: step.text });
    case "complete":
    case "cancel":
      return ask(asking, meant, { action: step.name, feedback: step.text });
  }
}

async function create(asking: Asking, of: "story" | "milestone", start: boolean): Promise<TriggerOutcome> {
  const { deps, place } = asking;
  const command = { ...(await askedBy(asking)), calledOn: storyIdOf(place), of, start };
  return outcomeOf(await deps.planning.createCeremony(command));
}

type About = {
  readonly action: CeremonyAction;
  readonly storyId?: ReturnType<typeof storyId>;
  readonly feedback?: string;
};

async function ask(asking: Asking, meant: Ceremony | null, about: About): Promise<TriggerOutcome> {
  if (meant === null) return refused(noSuchCeremony);
  const command = { ...(await askedBy(asking)), ...about, ceremonyId: meant.id };
  return outcomeOf(await asking.deps.planning.transitionCeremony(command));
}

async function askedBy({ deps, trigger }: Asking) {
  const { principal, roles, deliveryId, at, ref } = trigger;
  const councilAvailable = (await deps.councilPolicy(ref.repository)).available;
  return { principal, roles, deliveryId, at, councilAvailable };
}
