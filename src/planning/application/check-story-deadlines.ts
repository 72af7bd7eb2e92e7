import { toIso } from "../../kernel/clock.ts";
import type { EventBody } from "../../kernel/event.ts";
import type { StoryId } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { isQuietAt } from "../../kernel/working-time.ts";
import type { Story, StoryDeadline } from "../domain/story.ts";
import { type DecisionTime, deadlineAt, statesWithDeadline } from "../domain/story-deadline.ts";
import type { PlanningDeps } from "./ports.ts";
import { envelopes } from "./story-changes.ts";

/** Planning's dependencies, and how long the product owner of a repository may take. */
export type StoryDeadlineDeps = PlanningDeps & {
  readonly decisionTime: (repository: number) => Promise<DecisionTime>;
};

/**
 * Begins and marks the deadline of every story that waits for the product owner, and announces each one that is over,
 * once; the story's next move ends it. In quiet time nobody is reminded: the next pass after it does. Returns how many
 * were announced.
 */
export async function checkStoryDeadlines(deps: StoryDeadlineDeps): Promise<number> {
  const stories = await deps.graph.read((tx) => deps.stories.find(tx, { states: statesWithDeadline }));
  let announced = 0;
  for (const story of stories) {
    // Nobody is reminded twice: there is nothing left to do until it moves.
    if (story.withdrawn || (story.deadline !== null && story.deadline.remindedAt !== null)) continue;
    const time = await deps.decisionTime(story.repository);
    const now = deps.clock();
    if (isQuietAt(now, time.quiet)) continue;
    if (story.deadline !== null && Date.parse(story.deadline.dueAt) > now) continue;
    announced += await deps.graph.write((tx) => checkOne(deps, tx, story.id, time, now));
  }
  deps.committed?.();
  return announced;
}

async function checkOne(
  deps: PlanningDeps,
  tx: Transaction,
  id: StoryId,
  time: DecisionTime,
  now: number,
): Promise<number> {
  const story = await deps.stories.loadForChange(tx, id);
  if (story === null || !statesWithDeadline.includes(story.state)) return 0;
  const deadline = deadlineAt(story, await cameHere(deps, tx, story, now), time, now);
  if (deadline === story.deadline) return 0;
  await deps.stories.save(tx, story, { ...story, deadline }, []);
  if (deadline.remindedAt === null) return 0;
  await deps.events(tx, envelopes(deps, story, [overdueEvent(story, deadline)], null));
  return 1;
}

/** When the story came to its state. Only what has no deadline yet asks for it. */
async function cameHere(deps: PlanningDeps, tx: Transaction, story: Story, now: number): Promise<string> {
  if (story.deadline !== null) return story.deadline.since;
  const history = await deps.stories.history(tx, story.id);
  return history.findLast(({ from, to }) => from !== to && to === story.state)?.at ?? toIso(now);
}

function overdueEvent({ state, owner, repo, issueNumber }: Story, { since, dueAt }: StoryDeadline): EventBody {
  const payload = { state, role: "product-owner", since, dueAt, owner, repo, number: issueNumber } as const;
  return { type: "planning.story.overdue", payload };
}
