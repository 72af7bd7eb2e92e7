import { z } from "zod";
import type { Environment } from "../platform/config/environment.ts";
import { askFleet } from "./ask-fleet.ts";

/** The longest that a rebuild is waited for, in milliseconds. */
const longestMs = 30 * 60 * 1000;

const rebuilt = z.object({ removed: z.int(), events: z.int() });

/**
 * `fleet graph rebuild`: asks the running fleet to make what it derived from events anew. Returns the exit code: 1 where no
 * fleet took it up in time, or it failed.
 */
export async function runGraphRebuild(environment: Environment, out: (text: string) => void): Promise<number> {
  const answer = await askFleet(environment, { timer: "graph-rebuild" }, longestMs);
  if (answer.kind === "none") {
    console.error(answer.why === "failed" ? `The rebuild failed: ${answer.reason}` : answer.reason);
    return 1;
  }
  const { removed, events } = rebuilt.parse(answer.value);
  const counts = `${removed.toLocaleString("en")} nodes and relationships were removed, ${events.toLocaleString("en")} events replayed`;
  out(`The knowledge graph was made anew: ${counts}.\n`);
  return 0;
}
