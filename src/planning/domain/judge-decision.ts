import { toIso } from "../../kernel/clock.ts";
import { refuseShortFeedback, trimFeedback } from "../../kernel/feedback.ts";
import { either, permit } from "../../kernel/permission.ts";
import { type Principal, principalKey, principalName } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Role, RoleAnswer } from "../../kernel/roles.ts";
import type { DecisionStatus } from "../../kernel/states.ts";
import { type Decision, decisionName } from "./decision.ts";

/** The roles whose word decides; everybody else's is a proposal. */
export const decidingRoles = ["product-owner", "architect"] as const satisfies readonly Role[];

/** The status of what somebody with these roles says. */
export function statusOfStated(roles: RoleAnswer): DecisionStatus {
  const decides = roles.known && roles.roles.some((role) => decidingRoles.some((deciding) => deciding === role));
  return decides ? "approved" : "proposed";
}

type DecisionRule = {
  readonly action: string;
  readonly from: DecisionStatus;
  readonly to: DecisionStatus;
  readonly by: readonly Role[];
  readonly needsFeedback: boolean;
};

/** What may become of a proposed decision. Nobody judges his or her own (DOMAIN.md §1). */
export const decisionTransitions = {
  approve: { action: "approve-decision", from: "proposed", to: "approved", by: decidingRoles, needsFeedback: false },
  reject: { action: "reject-decision", from: "proposed", to: "rejected", by: decidingRoles, needsFeedback: true },
} as const satisfies Record<string, DecisionRule>;

export type DecisionVerdict = keyof typeof decisionTransitions;

/** One request to approve or to reject a decision. */
export type DecisionRequest = {
  readonly verdict: DecisionVerdict;
  /** Why; for a rejection at least 10 characters. */
  readonly why: string;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** What became of it. `unchanged`: the same person has judged it so already. */
export type DecisionJudged =
  | { readonly kind: "moved" | "unchanged"; readonly decision: Decision }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Judges a proposal. Checked in this order: the status, the role, whose proposal it is, the feedback. Pure. */
export function judgeDecision(decision: Decision, request: DecisionRequest): DecisionJudged {
  const { principal, roles, why } = request;
  const rule = decisionTransitions[request.verdict];
  if (isSo(decision, request)) return { kind: "unchanged", decision };
  if (decision.status !== rule.from) return { kind: "refused", refusal: alreadyJudged(decision, rule) };
  const permission = permit({ ...rule, inPerson: false, personName: null }, principal, roles);
  const refusal = permission.allowed
    ? (refuseOwn(decision, rule, principal) ??
      (rule.needsFeedback ? refuseShortFeedback(rule.action, why, rule.by) : null))
    : permission.refusal;
  if (refusal !== null) return { kind: "refused", refusal };
  const judgement = { by: principal, at: toIso(request.now), reason: trimFeedback(why) };
  return { kind: "moved", decision: { ...decision, status: rule.to, judgement } };
}

function isSo({ status, judgement }: Decision, { verdict, principal }: DecisionRequest): boolean {
  return (
    judgement !== null &&
    status === decisionTransitions[verdict].to &&
    principalKey(judgement.by) === principalKey(principal)
  );
}

function alreadyJudged(decision: Decision, { action, from, by }: DecisionRule): Refusal {
  const { status, judgement, author } = decision;
  return {
    reason: "not-in-this-state",
    rule: `"${action}" is possible while a decision is ${from}; ${decisionName(decision)} is ${status}, by ${principalName(judgement?.by ?? author)}.`,
    who: [],
    next: `Whoever sees it otherwise now records another with /decide, as ${either(by)}.`,
  };
}

function refuseOwn(decision: Decision, { action, by }: DecisionRule, principal: Principal): Refusal | null {
  if (principalKey(decision.author) !== principalKey(principal)) return null;
  return {
    reason: "own-work",
    rule: `"${action}" judges a proposal, and ${decisionName(decision)} is ${principalName(principal)}'s own.`,
    who: by,
    next: `Ask another ${either(by)} to judge it.`,
  };
}

/** The refusal for a number that no decision of a story has. */
export function noSuchDecision(number: number, all: readonly Decision[]): Refusal {
  const proposed = all.filter(({ status }) => status === "proposed").map(decisionName);
  return {
    reason: "unknown-decision",
    rule: `There is no decision D${number} on this story.`,
    who: [],
    next:
      proposed.length === 0
        ? "No decision is proposed now; /why lists those that were made."
        : `Proposed now: ${proposed.join(", ")}.`,
  };
}
