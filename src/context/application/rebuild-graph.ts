import type { FleetEvent } from "../../kernel/event.ts";
import { projectedTypes } from "../domain/projections.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";
import { project } from "./project-event.ts";

/** Events that one transaction replays. */
const pageSize = 250;

export type Rebuilt = {
  /** Nodes and relationships that were taken away. */
  readonly removed: number;
  /** Events that were replayed. */
  readonly events: number;
};

/**
 * Makes what the projections wrote anew from the log of events: takes it away and replays every event, in pages. Nothing of the
 * aggregates or of the code index is touched. Events that come meanwhile are projected as ever, so it may run at any time;
 * what is read until it has ended lacks some of it.
 * @throws PermanentError for an event that this code cannot read; then everything is as it was
 */
export async function rebuildGraph(deps: KnowledgeDeps): Promise<Rebuilt> {
  const { graph, knowledge } = deps;
  // Read through once before anything goes: what cannot be replayed must not be taken away.
  await replay(deps, async () => undefined);
  let removed = 0;
  for (let batch = -1; batch !== 0; removed += batch) batch = await graph.write((tx) => knowledge.removeProjected(tx));
  const events = await replay(deps, (page) =>
    graph.write(async (tx) => {
      for (const event of page) await project(deps, tx, event);
    }),
  );
  return { removed, events };
}

/** Reads the log from its beginning to its end, and answers how many events there are. */
async function replay(
  { graph, readEvents }: KnowledgeDeps,
  take: (page: readonly FleetEvent[]) => Promise<void>,
): Promise<number> {
  let events = 0;
  for (let after = ""; ; ) {
    const asked = { types: projectedTypes, after, limit: pageSize };
    const page = await graph.read((tx) => readEvents(tx, asked));
    await take(page);
    events += page.length;
    after = page.at(-1)?.id ?? after;
    if (page.length < pageSize) return events;
  }
}
