import type { EventBody } from "../../kernel/event.ts";
import { refuseShortFeedback, trimFeedback } from "../../kernel/feedback.ts";
import { either, type Permission, permit } from "../../kernel/permission.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Role, RoleAnswer } from "../../kernel/roles.ts";
import { changeStory } from "./change-story.ts";
import { planHash } from "./plan.ts";
import type { Story, TransitionRecord } from "./story.ts";
import { refuseByGuard } from "./story-guards.ts";
import { type StoryTransition, storyRows, storyTransition } from "./story-machine.ts";
import type { StoryDecision, StoryRequest } from "./story-request.ts";

/** How many of the last requests a story remembers, to recognise redeliveries. */
const rememberedRequests = 32;

/**
 * Decides one request on a story (DOMAIN.md §2). Checked in this order: whether it took effect already, the state, the
 * role, the feedback, the guard. Pure: the same story and request always give the same decision.
 */
export function decideStory(story: Story, request: StoryRequest): StoryDecision {
  const row = storyTransition(request.action);
  if (tookEffect(story, row, request)) {
    return { kind: "unchanged" };
  }
  if (!row.from.includes(story.state)) {
    return refused(notInThisState(story, row));
  }
  const permission = permitOnStory(story, row, request.principal, request.roles);
  if (!permission.allowed) {
    return refused(permission.refusal);
  }
  const who = rolesOfRow(row);
  const refusal =
    (row.needsFeedback ? refuseShortFeedback(row.action, request.feedback, who) : null) ??
    refuseByGuard(row.guard, story, request, who);
  return refusal === null ? move(story, row, request, permission.role) : refused(refusal);
}

/** Whether a principal may take the row's action: by a role, or as the author of the issue. */
export function permitOnStory(story: Story, row: StoryTransition, principal: Principal, roles: RoleAnswer): Permission {
  const isForAuthor = row.by.includes("issue-author");
  return permit(
    {
      action: row.action,
      by: rolesOfRow(row),
      inPerson: isForAuthor && principal.kind === "human" && principal.id === story.author.id,
      personName: isForAuthor ? `the author of the issue (@${story.author.login})` : null,
    },
    principal,
    roles,
  );
}

/** The roles of a row, without the personal rights. */
export function rolesOfRow(row: StoryTransition): readonly Role[] {
  return row.by.filter((actor) => actor !== "issue-author");
}

/**
 * Whether the request has its effect already: the same delivery again, or a story that is where the action leads and
 * was led there for the same text or plan.
 */
function tookEffect(story: Story, row: StoryTransition, request: StoryRequest): boolean {
  if (request.deliveryId !== null && story.handled.includes(`${request.deliveryId}/${row.action}`)) {
    return true;
  }
  if (story.state !== row.to) {
    return false;
  }
  switch (row.action) {
    case "approve-scope":
      return request.expectedBodyHash === undefined || request.expectedBodyHash === story.approvedBodyHash;
    case "approve-plan":
      return request.planShownHash === undefined || request.planShownHash === story.plan?.hash;
    case "derive-plan":
    case "edit-plan":
      return request.plan === undefined || planHash(request.plan.tasks) === story.plan?.hash;
    default:
      return true;
  }
}

function notInThisState(story: Story, row: StoryTransition): Refusal {
  const possible = storyRows.filter((candidate) => candidate.from.includes(story.state) && !onlySystem(candidate));
  return {
    reason: "not-in-this-state",
    rule: `"${row.action}" is possible in ${either(row.from)}; the story is in ${story.state}.`,
    who: rolesOfRow(row),
    next:
      possible.length === 0
        ? "Nothing: the story is archived for good; open a new one."
        : `Possible now: ${possible.map((candidate) => candidate.action).join(", ")}.`,
  };
}

function onlySystem(row: StoryTransition): boolean {
  return row.by.every((actor) => actor === "system");
}

function move(story: Story, row: StoryTransition, request: StoryRequest, role: Role | null): StoryDecision {
  const record: TransitionRecord = {
    from: story.state,
    to: row.to,
    action: row.action,
    principal: request.principal,
    role,
    reason: trimFeedback(request.feedback),
    deliveryId: request.deliveryId,
    at: request.at,
  };
  const changed = changeStory(story, record, request);
  const key = `${request.deliveryId}/${row.action}`;
  const handled = request.deliveryId === null ? story.handled : [...story.handled, key].slice(-rememberedRequests);
  return {
    kind: "moved",
    // Who is waited for in another state has a time of his own; an edited plan stays where it is, and so does its time.
    story: {
      ...changed.story,
      state: row.to,
      deadline: row.to === story.state ? story.deadline : null,
      putBack: row.to === story.state ? story.putBack : null,
      handled,
    },
    records: [record],
    events: [transitioned(record), ...changed.events],
  };
}

function transitioned(record: TransitionRecord): EventBody {
  const { at: _at, ...payload } = record;
  return { type: "planning.story.transitioned", payload };
}

function refused(refusal: Refusal): StoryDecision {
  return { kind: "refused", refusal };
}
