import { z } from "zod";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { isTaskId } from "../../kernel/parse-ids.ts";
import { type TaskState, taskStates } from "../../kernel/states.ts";
import type { Transaction } from "../../kernel/transaction.ts";

/** How one task stands, as planning asks for it. */
export type TaskStanding = {
  readonly id: TaskId;
  readonly number: number;
  readonly state: TaskState;
  readonly merged: boolean;
};

const standing = z.object({
  id: z.custom<TaskId>((id) => typeof id === "string" && isTaskId(id)),
  number: z.int(),
  state: z.enum(taskStates),
  merged: z.boolean(),
  plan: z.int(),
});

/** How the tasks of a story's latest plan stand, by number: planning's port, answered in planning's transaction. */
export async function taskStandings(tx: Transaction, storyId: StoryId): Promise<readonly TaskStanding[]> {
  const rows = await tx.run(
    `MATCH (t:Task {story: $storyId})
     RETURN t.id AS id, t.number AS number, t.state AS state, t.merged AS merged, t.planVersion AS plan
     ORDER BY plan, number`,
    { storyId },
  );
  const standings = rows.map((row) => standing.parse(row));
  const latest = standings.at(-1)?.plan;
  return standings
    .filter(({ plan }) => plan === latest)
    .map(({ id, number, state, merged }) => ({ id, number, state, merged }));
}

/** Those of these tasks that are in one of these states. */
export async function tasksInStates(
  tx: Transaction,
  ids: readonly string[],
  states: readonly TaskState[],
): Promise<readonly string[]> {
  const rows = await tx.run("UNWIND $ids AS id MATCH (t:Task {id: id}) WHERE t.state IN $states RETURN id", {
    ids,
    states,
  });
  return rows.map(({ id }) => z.string().parse(id));
}
