import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { createEvent } from "../../kernel/new-event.ts";
import type { BudgetUnit } from "../domain/council-budget.ts";
import type { DeliberationUseCaseDeps, StoryFacts } from "./use-case-ports.ts";

/** Somebody lets councils use more on a task, or on a story and its tasks (`task` null). */
export type AllowMore = {
  readonly story: Pick<StoryFacts, "installation" | "repository"> & { readonly id: StoryId };
  readonly task: TaskId | null;
  /** Above the limit of fleet.yml, and above what was allowed before. */
  readonly more: { readonly unit: BudgetUnit; readonly amount: number };
  /** `principalKey` of who said so. */
  readonly by: string;
  /** The same again allows nothing more there. */
  readonly deliveryId: string;
};

/** Raises what councils may use there, once for each delivery, and says so: what waits for a budget goes on by that event. */
export async function allowMore(deps: DeliberationUseCaseDeps, command: AllowMore): Promise<void> {
  const { story, task, more, by, deliveryId } = command;
  const amounts = { tokens: 0, minutes: 0, [more.unit]: more.amount };
  await deps.graph.write(async (tx) => {
    const about = task ?? story.id;
    const allowance = { id: `${about}-${deliveryId}`, about, ...amounts, by, at: deps.clock() };
    if (!(await deps.deliberations.allowMore(tx, allowance))) return;
    const { installation, repository } = story;
    const envelope = {
      id: deps.newId(),
      now: deps.clock(),
      producer: "deliberation",
      subject: { installation, repository, story: story.id, task },
      correlationId: deliveryId,
      causationId: deliveryId,
    };
    await deps.events(tx, [
      createEvent({ type: "deliberation.tokens-allowed", payload: { ...amounts, by } }, envelope),
    ]);
  });
  deps.committed?.();
}
