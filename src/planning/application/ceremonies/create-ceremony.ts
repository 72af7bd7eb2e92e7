import { toIso } from "../../../kernel/clock.ts";
import { ceremonyId, type StoryId } from "../../../kernel/ids.ts";
import { reviewableState } from "../../../kernel/review.ts";
import type { Transaction } from "../../../kernel/transaction.ts";
import { type Ceremony, isOpenCeremony, storyIn } from "../../domain/ceremony/ceremony.ts";
import { ceremonyTransition } from "../../domain/ceremony/ceremony-machine.ts";
import type { CeremonyDecision, CeremonyRequest } from "../../domain/ceremony/ceremony-request.ts";
import { decideCeremony } from "../../domain/ceremony/decide-ceremony.ts";
import type { Story } from "../../domain/story.ts";
import type { PlanningDeps } from "../ports.ts";
import { causeOf, noSuchStory } from "../story-changes.ts";
import { saveCeremony } from "./save-ceremony.ts";

/** A backlog review that somebody calls on a story's issue. */
export type CreateCeremony = Pick<CeremonyRequest, "principal" | "roles" | "at" | "councilAvailable"> & {
  readonly calledOn: StoryId;
  /** This story alone, or every reviewable one of its milestone that no other open review holds. */
  readonly of: "story" | "milestone";
  /** Whether the councils begin at once; else it stays a draft. */
  readonly start: boolean;
  readonly deliveryId: string;
};

/**
 * Creates a ceremony with its stories and, if so asked, starts it: all in one transaction or nothing of it. The same
 * delivery again finds what it created. The stories are locked, so that none can be in two open ceremonies.
 */
export async function createCeremony(deps: PlanningDeps, command: CreateCeremony): Promise<CeremonyDecision> {
  const decision = await deps.graph.write(async (tx): Promise<CeremonyDecision> => {
    const host = await deps.stories.loadForChange(tx, command.calledOn);
    if (host === null) return { kind: "refused", refusal: noSuchStory };
    const earlier = (await deps.ceremonies.ofStory(tx, host.id)).filter(({ calledOn }) => calledOn === host.id);
    const mine = earlier.find(({ handled }) => handled.some((key) => key.startsWith(`${command.deliveryId}/`)));
    if (mine !== undefined) return { kind: "unchanged", ceremony: mine };
    const fresh = newCeremony(host, earlier.length + 1, command, toIso(deps.clock()));
    const { principal, roles, deliveryId, at } = command;
    const asked = { principal, roles, deliveryId, at };
    const stories = await joiningStories(deps, tx, host, command);
    if (stories.length === 0) return noneToReview(host);
    const requests: CeremonyRequest[] = [
      ...stories.map(({ story, elsewhere }) => ({ ...asked, action: "add-story" as const, joining: story, elsewhere })),
      ...(command.start
        ? [{ ...asked, action: "start" as const, councilAvailable: command.councilAvailable === true }]
        : []),
    ];
    return decideAll(deps, tx, fresh, requests);
  });
  deps.committed?.();
  return decision;
}

/** Every request must pass, else nothing is saved but the audit's word of a denial. */
async function decideAll(
  deps: PlanningDeps,
  tx: Transaction,
  fresh: Ceremony,
  requests: readonly CeremonyRequest[],
): Promise<CeremonyDecision> {
  let whole: Extract<CeremonyDecision, { kind: "moved" }> = { kind: "moved", ceremony: fresh, records: [], events: [] };
  let last = requests[0];
  for (const request of requests) {
    const decision: CeremonyDecision = decideCeremony(whole.ceremony, request);
    last = request;
    if (decision.kind === "refused")
      return saveCeremony(deps, tx, fresh, request, decision, causeOf(request.deliveryId));
    if (decision.kind === "unchanged") continue;
    whole = {
      ...decision,
      records: [...whole.records, ...decision.records],
      events: [...whole.events, ...decision.events],
    };
  }
  return last === undefined ? whole : saveCeremony(deps, tx, fresh, last, whole, causeOf(last.deliveryId));
}

function newCeremony(host: Story, number: number, { of }: CreateCeremony, now: string): Ceremony {
  const { installation, repository, owner, repo, issueNumber } = host;
  return {
    id: ceremonyId(host.id, number),
    version: 0,
    installation,
    repository,
    owner,
    repo,
    calledOn: host.id,
    issueNumber,
    milestone: of === "milestone" ? host.milestone : null,
    state: "draft",
    stories: [],
    createdAt: now,
    handled: [],
  };
}

type Joining = { readonly story: Story; readonly elsewhere: number | null };

async function joiningStories(
  deps: PlanningDeps,
  tx: Transaction,
  host: Story,
  { of }: CreateCeremony,
): Promise<readonly Joining[]> {
  if (of === "story") return [{ story: host, elsewhere: await openElsewhere(deps, tx, host.id, null) }];
  const { repository, milestone } = host;
  if (milestone === null) return [];
  const found = await deps.stories.find(tx, { repository, milestone: milestone.number, states: [reviewableState] });
  const joining: Joining[] = [];
  // In the order of their numbers, as `find` gives them: two that lock the same stories never wait for each other.
  for (const { id } of found) {
    const story = await deps.stories.loadForChange(tx, id);
    if (story === null || story.state !== reviewableState) continue;
    if ((await openElsewhere(deps, tx, id, null)) === null) joining.push({ story, elsewhere: null });
  }
  return joining;
}

/** The issue of an open ceremony, other than the given one, that holds the story; null where there is none. */
export async function openElsewhere(
  deps: PlanningDeps,
  tx: Transaction,
  storyId: StoryId,
  here: Ceremony["id"] | null,
): Promise<number | null> {
  const all = await deps.ceremonies.ofStory(tx, storyId);
  const open = all.find((each) => each.id !== here && isOpenCeremony(each) && storyIn(each, storyId) !== undefined);
  return open?.issueNumber ?? null;
}

function noneToReview({ milestone, issueNumber }: Story): CeremonyDecision {
  const rule =
    milestone === null
      ? `Issue ${issueNumber} is in no milestone.`
      : `No story of the milestone ${milestone.title} is in ${reviewableState}, or another open backlog review holds them.`;
  const next =
    milestone === null
      ? "Put it into one, or review this story alone with /ceremony."
      : `Bring the stories to ${reviewableState} first.`;
  return {
    kind: "refused",
    refusal: { reason: "ceremony-empty", rule, who: ceremonyTransition("add-story").by, next },
  };
}
