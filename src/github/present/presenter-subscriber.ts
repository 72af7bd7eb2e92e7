import type { EventSubject, EventType, FleetEvent } from "../../kernel/event.ts";
import { partsOfReviewId } from "../../kernel/parse-ids.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import type { EnqueueWrite, WriteTarget } from "../write/write-target.ts";
import { writeTargetSchema } from "../write/write-target.ts";
import { reminderText, storyReminderText } from "./deadline-texts.ts";
import { leaseEndedText } from "./lease-ended-text.ts";

/** The events after which GitHub must show something else. */
const shownEvents = [
  "planning.story.created",
  "planning.story.transitioned",
  "planning.ceremony.transitioned",
  "planning.story.overdue",
  "planning.plan.derived",
  "planning.plan.approved",
  "planning.plan.rejected",
  "planning.decision.recorded",
  "workflow.task.created",
  "workflow.task.assigned",
  "workflow.task.transitioned",
  "workflow.task.overdue",
  "workflow.task.lease-ended",
  "workflow.story.tasks-completed",
  "workflow.story.room-changed",
  "deliberation.started",
  "deliberation.postponed",
  "deliberation.tokens-allowed",
  "deliberation.completed",
  "deliberation.failed",
  "agent.work.completed",
  "agent.work.failed",
] as const satisfies readonly EventType[];

/**
 * Maps events to what must be written. It only asks for writes, which converge, so that an event may come twice and in
 * any order.
 */
export function presenterSubscriber(deps: { readonly write: EnqueueWrite }): Subscriber {
  return {
    name: "presenter",
    queue: "presenter-events",
    types: shownEvents,
    async handle(event) {
      for (const target of targetsOf(event)) await deps.write(target);
    },
  };
}

/** A done story that is reset has a closed issue, which its other writes leave as people want it. */
function beginsAgain(event: FleetEvent): boolean {
  return event.type === "planning.story.transitioned" && event.payload.action === "reset";
}

/** The one reminder of a deadline: its trigger is the deadline's own name, so that a repeat finds it said. */
function remindersOf(event: FleetEvent): readonly unknown[] {
  if (event.type === "workflow.task.lease-ended") return [leaseEnded(event)];
  if (event.type !== "workflow.task.overdue" && event.type !== "planning.story.overdue") return [];
  const { installation, repository, story, task } = event.subject;
  const { owner, repo, number, since } = event.payload;
  const [name, text] =
    event.type === "workflow.task.overdue"
      ? [`${task}-${event.payload.deadline}`, reminderText(event.payload)]
      : [`${story}-${event.payload.state}`, storyReminderText(event.payload)];
  const ref = { installation, repository, owner, repo };
  return [{ kind: "reply", ref, issueNumber: number, trigger: `overdue-${name}-${Date.parse(since)}`, text }];
}

/** Said once to whoever's lease ended: each holding of a task is a round of its own. */
function leaseEnded({ subject, payload }: FleetEvent<"workflow.task.lease-ended">): unknown {
  const { installation, repository, task } = subject;
  const { owner, repo, number, round } = payload;
  const ref = { installation, repository, owner, repo };
  return { kind: "reply", ref, issueNumber: number, trigger: `lease-${task}-${round}`, text: leaseEndedText(payload) };
}

/** An event changes its subject's place on GitHub, and sometimes more. */
export function targetsOf(event: FleetEvent): readonly WriteTarget[] {
  if (event.type === "planning.ceremony.transitioned") return targetsOfCeremony(event);
  if (event.type === "planning.decision.recorded") return targetsOfDecision(event);
  const { story } = event.subject;
  const again = story !== null && beginsAgain(event) ? [{ kind: "story-issue", storyId: story }] : [];
  return [
    ...writesAbout(event.subject),
    ...[...again, ...ceremonyOf(event), ...remindersOf(event)].map((target) => writeTargetSchema.parse(target)),
  ];
}

/** What somebody decided is shown on the story; a gate's verdict is shown by the move that it made. */
function targetsOfDecision({ subject, payload }: FleetEvent<"planning.decision.recorded">): readonly WriteTarget[] {
  return payload.category === "stated" ? writesAbout({ story: subject.story, task: null }) : [];
}

/** A review's council that waits, or goes on, is shown in its ceremony's comment. */
function ceremonyOf(event: FleetEvent): readonly unknown[] {
  if (event.type !== "deliberation.postponed" && event.type !== "deliberation.started") return [];
  const review = partsOfReviewId(event.payload.deliberationId);
  return review === null ? [] : [{ kind: "ceremony", ceremonyId: review.ceremonyId }];
}

/** A ceremony has a comment of its own; its stories' comments name its state. */
function targetsOfCeremony({ payload }: FleetEvent<"planning.ceremony.transitioned">): readonly WriteTarget[] {
  const { ceremonyId, from, to, stories } = payload;
  const shown = from === to ? [] : stories.map((storyId) => ({ kind: "story", storyId }));
  return [{ kind: "ceremony", ceremonyId }, ...shown].map((target) => writeTargetSchema.parse(target));
}

/** What happens to a task changes the task's issue and pull request, and its line in the story's comment. */
export function writesAbout({ story, task }: Pick<EventSubject, "story" | "task">): readonly WriteTarget[] {
  const wanted = [
    ...(task === null ? [] : [{ kind: "task", taskId: task }]),
    ...(story === null ? [] : [{ kind: "story", storyId: story }]),
  ];
  return wanted.map((target) => writeTargetSchema.parse(target));
}
