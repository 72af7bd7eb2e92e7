import { refuseToState } from "../../../planning/application/record-decision.ts";
import { decisionName } from "../../../planning/domain/decision.ts";
import { type DecisionVerdict, judgeDecision as judgeProposal } from "../../../planning/domain/judge-decision.ts";
import type { Command } from "../../commands/parse-commands.ts";
import { readDecision } from "../../commands/read-argument.ts";
import { proposalText } from "../../present/decision-texts.ts";
import type { HelpWay } from "../../present/replies.ts";
import { inlineText } from "../../present/safe-text.ts";
import { done, outcomeOf, refused, type TriggerOutcome } from "../trigger.ts";
import { affectedBy } from "./affected.ts";
import { type Asking, type SpecialCommand, storyIdOf, tasksAt } from "./asking.ts";

/** `/decide <text>`: a decision that affects this story or task. Of a proposal it is said who judges it, and how. */
export const decide: SpecialCommand = {
  async refuse({ trigger }) {
    return refuseToState(trigger.principal, trigger.roles);
  },
  async run(asking, text) {
    const { deps, trigger, place } = asking;
    const { principal, roles, id: key, deliveryId } = trigger;
    const taskId = place.kind === "task" ? place.task.id : null;
    const storyId = storyIdOf(place);
    const affects = await affectedBy(asking, text);
    const said = { storyId, taskId, text, affects, principal, roles, key, deliveryId };
    const outcome = await deps.planning.stateDecision(said);
    if (outcome.kind === "refused") return refused(outcome.refusal);
    if (outcome.decision.status !== "proposed") return done;
    return { kind: "answered", text: proposalText(outcome.decision, await tasksAt(asking)) };
  },
};

/** The decision that `/approve D3` or `/reject D3 <why>` is about; null for every other command. */
export function decisionAsked(command: Command): DecisionAsked | null {
  const { name, argument } = command;
  if (name !== "approve" && name !== "reject") return null;
  const named = readDecision(argument);
  return named === null ? null : { verdict: name, ...named };
}

type DecisionAsked = { readonly verdict: DecisionVerdict; readonly number: number; readonly why: string };

/** Approves or rejects a proposed decision of the story, wherever in it this was written. */
export async function judgeDecision({ deps, trigger, place }: Asking, asked: DecisionAsked): Promise<TriggerOutcome> {
  const { principal, roles, deliveryId } = trigger;
  const storyId = storyIdOf(place);
  return outcomeOf(await deps.planning.judgeDecision({ ...asked, storyId, principal, roles, deliveryId }));
}

/** The proposed decisions of the story that this person may judge, for `/help`. */
export async function decisionWays({ deps, trigger, place }: Asking): Promise<readonly HelpWay[]> {
  const { principal, roles } = trigger;
  const asked = { verdict: "approve", why: "", principal, roles, now: deps.clock() } as const;
  const all = await deps.planning.decisions(storyIdOf(place));
  return all
    .filter((decision) => judgeProposal(decision, asked).kind === "moved")
    .map((decision) => {
      const name = decisionName(decision);
      const summary = `Judge the proposed decision ${name}: ${inlineText(decision.title, 100)}`;
      return { summary, commands: [`/approve ${name}`, `/reject ${name} <why>`], label: null, other: null };
    });
}
