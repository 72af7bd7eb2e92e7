import type { StoryId } from "../../kernel/ids.ts";
import {
  type DecisionJudged,
  type DecisionRequest,
  decisionTransitions,
  judgeDecision as judge,
  noSuchDecision,
} from "../domain/judge-decision.ts";
import type { PlanningDeps } from "./ports.ts";
import { announce } from "./record-decision.ts";
import { causeOf, denialOf, envelopes, noSuchStory } from "./story-changes.ts";

/** Somebody approves or rejects a proposed decision of a story or one of its tasks. */
export type JudgeDecision = Omit<DecisionRequest, "now"> & {
  readonly storyId: StoryId;
  /** The 3 of `D3`. */
  readonly number: number;
  readonly deliveryId: string | null;
};

/** Judges a proposed decision and saves it, with its event, in one transaction; a refusal of whoever asked is audited. */
export async function judgeDecision(deps: PlanningDeps, command: JudgeDecision): Promise<DecisionJudged> {
  const { storyId, number, deliveryId, ...request } = command;
  const { action } = decisionTransitions[request.verdict];
  const cause = causeOf(deliveryId);
  const outcome = await deps.graph.write(async (tx): Promise<DecisionJudged> => {
    const story = await deps.stories.loadForChange(tx, storyId);
    if (story === null) return { kind: "refused", refusal: noSuchStory };
    const decision = await deps.decisions.numbered(tx, storyId, number);
    if (decision === null)
      return { kind: "refused", refusal: noSuchDecision(number, await deps.decisions.ofStory(tx, storyId)) };
    const judged = judge(decision, { ...request, now: deps.clock() });
    const denials = denialOf({ state: decision.status }, { ...request, action, deliveryId }, judged);
    if (denials.length > 0) await deps.events(tx, envelopes(deps, story, denials, cause));
    if (judged.kind !== "moved") return judged;
    await deps.decisions.judge(tx, judged.decision);
    await announce(deps, tx, story, judged.decision, cause);
    return judged;
  });
  deps.committed?.();
  return outcome;
}
