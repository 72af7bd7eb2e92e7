import { refuseShortFeedback, trimFeedback } from "../../../kernel/feedback.ts";
import { either, permit } from "../../../kernel/permission.ts";
import { type Principal, system } from "../../../kernel/principal.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { type Role, type RoleAnswer, systemRoles } from "../../../kernel/roles.ts";
import { type Ceremony, type CeremonyRecord, storyIn, withStory } from "./ceremony.ts";
import { refuseByCeremonyGuard } from "./ceremony-guards.ts";
import { type CeremonyTransition, ceremonyRows, ceremonyTransition } from "./ceremony-machine.ts";
import type { CeremonyDecision, CeremonyRequest } from "./ceremony-request.ts";

/** How many of the last requests a ceremony remembers, to recognise redeliveries. */
const rememberedRequests = 64;

/**
 * Decides one request on a ceremony. Checked in this order: whether it took effect already, the state, the role, the
 * feedback, the guard. Pure: the same ceremony and request always give the same decision. Once the last story is reviewed,
 * the fleet presents the findings in the same decision.
 */
export function decideCeremony(ceremony: Ceremony, request: CeremonyRequest): CeremonyDecision {
  const row = ceremonyTransition(request.action);
  if (tookEffect(ceremony, row, request)) return { kind: "unchanged", ceremony };
  if (!row.from.includes(ceremony.state)) return { kind: "refused", refusal: notInThisState(ceremony, row) };
  const { principal, roles, feedback } = request;
  const permission = permit({ ...row, inPerson: false, personName: null }, principal, rolesThatCount(principal, roles));
  if (!permission.allowed) return { kind: "refused", refusal: permission.refusal };
  const refusal =
    (row.needsFeedback ? refuseShortFeedback(row.action, feedback, row.by) : null) ??
    refuseByCeremonyGuard(row.guard, ceremony, request, row.by);
  if (refusal !== null) return { kind: "refused", refusal };
  return withPresentation(move(ceremony, row, request, permission.role), request);
}

/** The meeting is people's: an agent reviews in it and decides nothing, whatever role it has. */
function rolesThatCount(principal: Principal, roles: RoleAnswer): RoleAnswer {
  return principal.kind === "agent" ? { known: true, roles: [], note: "an agent only reviews here" } : roles;
}

function tookEffect(ceremony: Ceremony, row: CeremonyTransition, request: CeremonyRequest): boolean {
  if (request.deliveryId !== null && ceremony.handled.includes(keyOf(request))) return true;
  return row.action === "add-story" && request.joining !== undefined
    ? storyIn(ceremony, request.joining.id) !== undefined
    : false;
}

/** One delivery may take in several stories. */
function keyOf({ deliveryId, action, storyId, joining }: CeremonyRequest): string {
  const about = storyId ?? joining?.id;
  return `${deliveryId}/${action}${about === undefined ? "" : `/${about}`}`;
}

function notInThisState(ceremony: Ceremony, row: CeremonyTransition): Refusal {
  const possible = ceremonyRows.filter(
    ({ from, by }) => from.includes(ceremony.state) && by.some((role) => role !== "system"),
  );
  return {
    reason: "not-in-this-state",
    rule: `"${row.action}" is possible in ${either(row.from)}; the backlog review is in ${ceremony.state}.`,
    who: row.by,
    next:
      possible.length === 0
        ? "Nothing: it is over; begin another with /ceremony."
        : `Possible now: ${possible.map(({ action }) => action).join(", ")}.`,
  };
}

function move(ceremony: Ceremony, row: CeremonyTransition, request: CeremonyRequest, role: Role | null) {
  const { principal, feedback, deliveryId, at } = request;
  const record: CeremonyRecord = {
    from: ceremony.state,
    to: row.to,
    action: row.action,
    principal,
    role,
    reason: trimFeedback(feedback),
    deliveryId,
    at,
  };
  const handled =
    deliveryId === null ? ceremony.handled : [...ceremony.handled, keyOf(request)].slice(-rememberedRequests);
  return { ceremony: { ...change(ceremony, record, request), state: row.to, handled }, records: [record] };
}

/** The effect of each action on the ceremony beside its state; the request was allowed. */
function change(ceremony: Ceremony, record: CeremonyRecord, request: CeremonyRequest): Ceremony {
  const story = request.storyId === undefined ? undefined : storyIn(ceremony, request.storyId);
  switch (record.action) {
    case "add-story":
      return request.joining === undefined ? ceremony : joined(ceremony, request.joining);
    case "remove-story":
      return { ...ceremony, stories: ceremony.stories.filter((each) => each !== story) };
    case "record-review":
      return story === undefined ? ceremony : withStory(ceremony, { ...story, reviews: request.reviews ?? [] });
    case "approve":
    case "reject": {
      const { action: verdict, principal: by, reason, at } = record;
      return story === undefined ? ceremony : withStory(ceremony, { ...story, word: { verdict, by, reason, at } });
    }
    default:
      return ceremony;
  }
}

function joined(ceremony: Ceremony, story: NonNullable<CeremonyRequest["joining"]>): Ceremony {
  const { id: storyId, issueNumber, title } = story;
  return {
    ...ceremony,
    stories: [...ceremony.stories, { storyId, issueNumber, title, reviews: null, word: null }],
  };
}

type Moved = { readonly ceremony: Ceremony; readonly records: readonly CeremonyRecord[] };

function withPresentation(moved: Moved, { at }: CeremonyRequest): CeremonyDecision {
  const present = ceremonyTransition("present");
  const { ceremony } = moved;
  const isDue =
    present.from.includes(ceremony.state) && refuseByCeremonyGuard(present.guard, ceremony, {}, present.by) === null;
  if (!isDue) return announced(moved);
  const asked = { action: present.action, principal: system, deliveryId: null, at } as const;
  const next = move(ceremony, present, { ...asked, roles: systemRoles }, "system");
  return announced({ ceremony: next.ceremony, records: [...moved.records, ...next.records] });
}

function announced({ ceremony, records }: Moved): CeremonyDecision {
  const stories = ceremony.stories.map(({ storyId }) => storyId);
  const events = records.map(({ at: _at, ...record }) => ({
    type: "planning.ceremony.transitioned" as const,
    payload: { ...record, ceremonyId: ceremony.id, stories },
  }));
  return { kind: "moved", ceremony, records, events };
}
