import { toIso } from "../../kernel/clock.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { decideStory } from "../domain/decide-story.ts";
import { type IssueFacts, isApprovalStale, newStory, withIssueFacts } from "../domain/issue-facts.ts";
import type { Story } from "../domain/story.ts";
import { ifUnchanged } from "./if-unchanged.ts";
import type { PlanningDeps } from "./ports.ts";
import { causeOf, envelopes, saveDecision, saveSeen } from "./story-changes.ts";

/**
 * Creates the story of an issue, or brings it up to what the issue says now; the same facts again change nothing. A text
 * that was edited after its approval sends the story back to `po-review` (`invalidate-scope`), or, once work has started,
 * leaves the approved text in force with a note. `known` is the story as the caller has just read it: one that is still so
 * is not loaded a second time.
 */
export async function recordIssue(deps: PlanningDeps, facts: IssueFacts, known?: Story | null): Promise<Story> {
  const updated = known == null ? null : withIssueFacts(known, facts);
  if (known != null && updated === known) {
    return known;
  }
  const story =
    (known == null || updated === null ? null : await saveSeenFacts(deps, known, updated, facts)) ??
    (await deps.graph.write(async (tx) => {
      const loaded = await deps.stories.loadOrCreate(tx, newStory(facts));
      return loaded.created ? announce(deps, tx, loaded.story, facts) : takeIn(deps, tx, loaded.story, facts);
    }));
  deps.committed?.();
  return story;
}

/**
 * The same for a story that the caller remembers and did not read. Null where nothing was saved: the facts are no news to
 * it, or it has changed since, and the caller reads the story first.
 */
export async function recordRemembered(deps: PlanningDeps, facts: IssueFacts, known: Story): Promise<Story | null> {
  const updated = withIssueFacts(known, facts);
  if (updated === known) {
    return null;
  }
  const story = await saveSeenFacts(deps, known, updated, facts);
  if (story !== null) deps.committed?.();
  return story;
}

async function announce(deps: PlanningDeps, tx: Transaction, story: Story, facts: IssueFacts): Promise<Story> {
  const payload = { title: story.title, bodyHash: story.bodyHash };
  await deps.events(
    tx,
    envelopes(deps, story, [{ type: "planning.story.created", payload }], causeOf(facts.deliveryId)),
  );
  return story;
}

/** Saves what an issue says now, in the caller's transaction. Answers with the story as it is stored then. */
export async function takeIn(deps: PlanningDeps, tx: Transaction, before: Story, facts: IssueFacts): Promise<Story> {
  const updated = withIssueFacts(before, facts);
  if (updated === before) {
    return before;
  }
  const decision = decideOnText(deps, updated, facts);
  if (decision === null) {
    await deps.stories.save(tx, before, updated, []);
    return { ...updated, version: before.version + 1 };
  }
  await saveDecision(deps, tx, before, decision, causeOf(facts.deliveryId));
  return { ...decision.story, version: before.version + 1 };
}

/** The same for a story that was seen and not loaded for change; null where it has changed since. */
function saveSeenFacts(deps: PlanningDeps, before: Story, updated: Story, facts: IssueFacts): Promise<Story | null> {
  const decision = decideOnText(deps, updated, facts);
  return ifUnchanged(async () => {
    if (decision === null) await deps.stories.saveAlone(deps.graph, before, updated, [], []);
    else await saveSeen(deps, before, decision, causeOf(facts.deliveryId));
    return { ...(decision?.story ?? updated), version: before.version + 1 };
  });
}

/** What follows from the text that the issue has now: a stale approval takes the story back. Null where nothing does. */
function decideOnText(deps: PlanningDeps, updated: Story, facts: IssueFacts) {
  if (!isApprovalStale(updated)) {
    return null;
  }
  const decision = decideStory(updated, {
    action: "invalidate-scope",
    principal: system,
    roles: systemRoles,
    deliveryId: facts.deliveryId,
    at: toIso(deps.clock()),
  });
  return decision.kind === "moved" ? decision : null;
}
