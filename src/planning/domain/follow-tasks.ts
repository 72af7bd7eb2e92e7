import type { EventBody } from "../../kernel/event.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import { decideStory } from "./decide-story.ts";
import type { Story, TransitionRecord } from "./story.ts";
import type { StoryAction } from "./story-machine.ts";
import type { StoryDecision, TaskStanding } from "./story-request.ts";

/** The system's moves that follow from the tasks. In every state at most one of them has its condition fulfilled. */
const following: readonly StoryAction[] = ["start", "rework", "request-review", "begin-testing", "present", "finish"];

/** No story goes further than this at once: from `code-review` by `rework` to `ready-to-review` it is five. */
const mostMoves = 8;

/**
 * Moves a story to where its tasks are (DOMAIN.md §2, the rows by "system"), step by step until nothing holds any more.
 * `unchanged` where it is there already.
 */
export function followStoryTasks(story: Story, tasks: readonly TaskStanding[], at: string): StoryDecision {
  const records: TransitionRecord[] = [];
  const events: EventBody[] = [];
  let current = story;
  for (let step = 0; step < mostMoves; step += 1) {
    const next = nextMove(current, tasks, at);
    if (next === null) {
      break;
    }
    records.push(...next.records);
    events.push(...next.events);
    current = next.story;
  }
  return records.length === 0 ? { kind: "unchanged" } : { kind: "moved", story: current, records, events };
}

function nextMove(story: Story, tasks: readonly TaskStanding[], at: string) {
  for (const action of following) {
    const decision = decideStory(story, {
      action,
      principal: system,
      roles: systemRoles,
      tasks,
      deliveryId: null,
      at,
    });
    if (decision.kind === "moved") {
      return decision;
    }
  }
  return null;
}
