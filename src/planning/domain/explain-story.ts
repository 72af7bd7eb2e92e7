import type { Refusal } from "../../kernel/refusal.ts";
import type { StoryState } from "../../kernel/states.ts";
import { leadingOn } from "./available-story-actions.ts";
import { rolesOfRow } from "./decide-story.ts";
import type { Story } from "./story.ts";
import { refuseByGuard } from "./story-guards.ts";
import type { StoryAction, StoryActor } from "./story-machine.ts";
import type { StoryFacts } from "./story-request.ts";

/** One way on, as `/why` explains it. */
export type StoryStep = {
  readonly action: StoryAction;
  readonly to: StoryState;
  readonly summary: string;
  /** Whom it waits for. */
  readonly by: readonly StoryActor[];
  readonly needsFeedback: boolean;
  /** The guard's result: null where it holds, and then it waits only for the people (or the fleet) above. */
  readonly guard: Refusal | null;
};

export type StoryExplanation = {
  readonly state: StoryState;
  /** The state in a sentence. */
  readonly meaning: string;
  readonly note: string | null;
  /** Whether nothing leads on from here. */
  readonly isTerminal: boolean;
  readonly steps: readonly StoryStep[];
};

/** Where a story stands, what can happen next, what each step waits for. */
export function explainStory(story: Story, facts: StoryFacts): StoryExplanation {
  const rows = leadingOn(story);
  return {
    state: story.state,
    meaning: meanings[story.state],
    note: story.note,
    isTerminal: rows.length === 0,
    steps: rows.map((row) => ({
      action: row.action,
      to: row.to,
      summary: row.summary,
      by: row.by,
      needsFeedback: row.needsFeedback,
      guard: refuseByGuard(row.guard, story, facts, rolesOfRow(row)),
    })),
  };
}

const meanings: Record<StoryState, string> = {
  draft: "It is being written.",
  "po-review": "It waits for the product owner to approve the text.",
  "ready-for-planning": "Its text is approved; it waits for a plan.",
  planned: "It waits for the product owner to approve the plan.",
  "ready-for-execution": "Its plan is approved; it waits for the first task to be claimed or assigned.",
  "in-progress": "Its tasks are being implemented.",
  "code-review": "Every task is handed in; it waits for the architect.",
  testing: "Every task is past the architect; it waits for qa.",
  "ready-to-review": "Every task is past qa; it waits for the product owner to accept it.",
  accepted: "It is accepted; it waits for the merge of its pull requests.",
  "carry-over": "It was taken out of its sprint; it waits for the product owner to say how it goes on.",
  done: "It is merged.",
  archived: "It is put away for good.",
};
