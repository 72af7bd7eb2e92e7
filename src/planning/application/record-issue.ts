import { toIso } from "../../kernel/clock.ts";
import { system } from "../../kernel/principal.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { decideStory } from "../domain/decide-story.ts";
import { type IssueFacts, isApprovalStale, newStory, withIssueFacts } from "../domain/issue-facts.ts";
import type { Story } from "../domain/story.ts";
import type { Cause } from "./commands.ts";
import { ifUnchanged } from "./if-unchanged.ts";
import type { PlanningDeps } from "./ports.ts";
import { envelopes, saveDecision } from "./story-changes.ts";

/**
 * Creates the story of an issue, or brings it up to what the issue says now; the same facts again change nothing. A text
 * that was edited after its approval sends the story back to `po-review` (`invalidate-scope`), or, once work has started,
 * leaves the approved text in force with a note. `known` is the story as the caller has just read it: one that is still so
 * is not loaded a second time.
 */
export async function recordIssue(deps: PlanningDeps, facts: IssueFacts, known?: Story | null): Promise<Story> {
  if (known != null && withIssueFacts(known, facts) === known) {
    return known;
  }
  const story =
    (known == null ? null : await ifUnchanged(() => deps.graph.write((tx) => takeIn(deps, tx, known, facts)))) ??
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
  if (withIssueFacts(known, facts) === known) {
    return null;
  }
  const story = await ifUnchanged(() => deps.graph.write((tx) => takeIn(deps, tx, known, facts)));
  if (story !== null) deps.committed?.();
  return story;
}

async function announce(deps: PlanningDeps, tx: Transaction, story: Story, facts: IssueFacts): Promise<Story> {
  const payload = { title: story.title, bodyHash: story.bodyHash };
  await deps.events(tx, envelopes(deps, story, [{ type: "planning.story.created", payload }], causeOf(facts)));
  return story;
}

/** Saves what an issue says now, in the caller's transaction. Answers with the story as it is stored then. */
export async function takeIn(deps: PlanningDeps, tx: Transaction, before: Story, facts: IssueFacts): Promise<Story> {
  const updated = withIssueFacts(before, facts);
  if (updated === before) {
    return before;
  }
  const decision = isApprovalStale(updated)
    ? decideStory(updated, {
        action: "invalidate-scope",
        principal: system,
        roles: { known: true, roles: ["system"] },
        deliveryId: facts.deliveryId,
        at: toIso(deps.clock()),
      })
    : null;
  if (decision?.kind !== "moved") {
    await deps.stories.save(tx, before, updated, []);
    return { ...updated, version: before.version + 1 };
  }
  await saveDecision(deps, tx, before, decision, causeOf(facts));
  return { ...decision.story, version: before.version + 1 };
}

function causeOf(facts: IssueFacts): Cause | null {
  return facts.deliveryId === null ? null : { correlationId: facts.deliveryId, causationId: null };
}
