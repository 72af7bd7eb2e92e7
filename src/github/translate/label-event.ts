import type { Refusal } from "../../kernel/refusal.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { type GivenLabel, type LabelMeaning, readLabel } from "../present/read-label.ts";
import type { WriteTarget } from "../write/write-target.ts";
import type { AppDeps } from "./app-deps.ts";
import { conclude, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

type Sender = { readonly id: number; readonly login: string; readonly type?: string | null | undefined };

/** One label that somebody set on an issue or pull request, or took off. */
export type LabelEvent = {
  readonly action: "labeled" | "unlabeled";
  readonly deliveryId: string;
  readonly ref: RepositoryRef;
  /** The issue's or pull request's number. */
  readonly number: number;
  readonly isPull: boolean;
  readonly label: GivenLabel;
  readonly meaning: LabelMeaning;
  /** All its labels, as the delivery says. */
  readonly labels: readonly GivenLabel[];
  readonly sender: Sender;
  /** When, as GitHub says it. */
  readonly at: string;
};

type Labelled = {
  readonly action: string;
  readonly label?: GivenLabel | null | undefined;
  readonly sender: Sender;
};

/** The label event of a payload; null for one that is none, or about a label that is not the fleet's business. */
export function labelEventOf(
  payload: Labelled,
  where: Pick<LabelEvent, "deliveryId" | "ref" | "number" | "isPull" | "labels" | "at">,
): LabelEvent | null {
  const { action, label, sender } = payload;
  if ((action !== "labeled" && action !== "unlabeled") || label == null) return null;
  const meaning = readLabel(label);
  return meaning === null ? null : { ...where, action, label, meaning, sender };
}

/**
 * The event as a request. A bot that sets a label again and again is answered once for each label: it reads nothing, and
 * people should not have to.
 */
export async function labelTrigger(deps: AppDeps, event: LabelEvent): Promise<Trigger> {
  const { action, deliveryId, ref, number, label, sender, at } = event;
  const isBot = sender.type === "Bot";
  return {
    deliveryId,
    id: isBot ? `label-${sender.id}-${number}-${label.name.replace(/[^\w/-]/g, "-")}` : deliveryId,
    ref,
    issueNumber: number,
    comment: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: await deps.rolesOf(ref, sender),
    asked: action === "labeled" ? `label ${label.name}` : `removing ${label.name}`,
    at,
  };
}

/** Tells what became of it; a refused label is put right before anything is said. */
export async function concludeLabel(
  deps: AppDeps,
  trigger: Trigger,
  putBack: WriteTarget,
  outcome: TriggerOutcome,
): Promise<void> {
  if (outcome.kind === "refused") await deps.write(putBack);
  await conclude(deps, trigger, null, outcome);
}

/** Refuses a label event. */
export async function refuseLabel(
  deps: AppDeps,
  event: LabelEvent,
  putBack: WriteTarget,
  refusal: Refusal,
): Promise<void> {
  await concludeLabel(deps, await labelTrigger(deps, event), putBack, refused(refusal));
}

/**
 * Answers the removal of a state's label. Who changes a state by hand takes the old label off and sets the new one, in
 * any order: as long as another label of the family is there, that one asks, and nothing is said of this one.
 */
export async function onLabelTakenOff(
  deps: AppDeps,
  event: LabelEvent,
  putBack: WriteTarget,
  refusal: Refusal,
): Promise<void> {
  const isOther = (label: GivenLabel) => {
    const meaning = readLabel(label);
    return meaning?.kind === event.meaning.kind && JSON.stringify(meaning) !== JSON.stringify(event.meaning);
  };
  if (event.labels.some(isOther) || (await labelsNow(deps, event)).some(isOther)) return deps.write(putBack);
  return refuseLabel(deps, event, putBack, refusal);
}

/** The labels as they are now: the delivery may be older than what somebody did since. */
export async function labelsNow(deps: AppDeps, { ref, number }: LabelEvent): Promise<readonly GivenLabel[]> {
  const octokit = await deps.octokitFor(ref.installation);
  const where = { owner: ref.owner, repo: ref.repo, issue_number: number, per_page: 100 };
  return (await nullWhenMissing(octokit.rest.issues.listLabelsOnIssue(where)))?.data ?? [];
}
