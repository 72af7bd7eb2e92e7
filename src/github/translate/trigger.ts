import type { StoryId, TaskId } from "../../kernel/ids.ts";
import type { HumanPrincipal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { doneText, refusalText } from "../present/replies.ts";
import type { AppDeps } from "./app-deps.ts";

/** Something that a person did on GitHub and that asks the fleet for something. */
export type Trigger = {
  /** What it is remembered by, so that it has its effect once: the delivery's id, or what the delivery is about. */
  readonly deliveryId: string;
  /** Names it for ever, over redeliveries: replies are found again by it. */
  readonly id: string;
  readonly ref: RepositoryRef;
  /** Where to answer: the issue's or the pull request's number. */
  readonly issueNumber: number;
  /** The comment to react on; null for labels and reviews, which take no reaction. */
  readonly comment: CommentRef | null;
  readonly principal: HumanPrincipal;
  readonly roles: RoleAnswer;
  /** What was asked for, as the person wrote it: `/approve`, `label story/planned`. */
  readonly asked: string;
  /** When, as GitHub says it (ISO 8601, whole seconds). */
  readonly at: string;
  /** That it was done is said in words, because nothing else shows it: the text of a review takes no reaction. */
  readonly saysDone?: true;
};

/** A comment: on an issue or pull request, or on a line of a change, which is another kind with ids of its own. */
export type CommentRef = { readonly id: number; readonly isOnLine: boolean };

/** How a write names a comment. */
export function commentTarget({ id, isOnLine }: CommentRef) {
  return { commentId: id, ...(isOnLine ? { onLine: true as const } : {}) };
}

/** What became of a trigger; each ends in exactly one of these (GITHUB.md, manner 1). */
export type TriggerOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "answered"; readonly text: string }
  /** A write has been asked for that says by itself how it ended. */
  | { readonly kind: "handed-on" };

export const done: TriggerOutcome = { kind: "done" };

/** A refusal as the outcome of a trigger. */
export function refused(refusal: Refusal): TriggerOutcome {
  return { kind: "refused", refusal };
}

/** A decision as the outcome of a trigger: what was done already counts as done. */
export function outcomeOf(
  decision: { readonly kind: "moved" | "unchanged" } | { readonly kind: "refused"; readonly refusal: Refusal },
): TriggerOutcome {
  return decision.kind === "refused" ? refused(decision.refusal) : done;
}

/** Says that a comment was seen. */
export async function acknowledge(deps: AppDeps, ref: RepositoryRef, comment: CommentRef): Promise<void> {
  await deps.write({ kind: "reaction", ref, ...commentTarget(comment), content: "eyes" });
}

/** What the trigger was about: it is shown again, so that a label set by hand is put right. */
export type Subject = { readonly storyId: StoryId } | { readonly taskId: TaskId };

/** Tells the person what became of it. */
export async function conclude(
  deps: AppDeps,
  trigger: Trigger,
  subject: Subject | null,
  outcome: TriggerOutcome,
): Promise<void> {
  const { ref, issueNumber, comment } = trigger;
  if (outcome.kind === "handed-on") return;
  if (outcome.kind === "done") {
    if (comment !== null) await deps.write({ kind: "reaction", ref, ...commentTarget(comment), content: "rocket" });
    if (trigger.saysDone === true)
      await deps.write({ kind: "reply", ref, issueNumber, trigger: trigger.id, text: doneText(trigger.asked) });
    return;
  }
  const text =
    outcome.kind === "answered" ? outcome.text : refusalText(trigger.asked, trigger.principal.login, outcome.refusal);
  await deps.write({ kind: "reply", ref, issueNumber, trigger: trigger.id, text });
  if (outcome.kind === "answered" || subject === null) return;
  await deps.write(
    "storyId" in subject ? { kind: "story", storyId: subject.storyId } : { kind: "task", taskId: subject.taskId },
  );
}
