import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { AppDeps } from "./app-deps.ts";
import { repositoryOf } from "./payloads.ts";

/** How many repositories a process remembers to have met. */
const remembered = 10_000;

const withRepository = z.object({
  installation: z.object({ id: z.int() }),
  repository: z.object({ id: z.int(), name: z.string(), owner: z.object({ login: z.string() }) }),
});

/**
 * Asks for the label set of a repository when the process meets it for the first time, before anything of the delivery
 * is handled: an installation's own event may have been missed, and GitHub drops labels that do not exist from issue
 * forms. Once a process and repository; where the set is right already, that is one read.
 */
export function createFirstContact(write: AppDeps["write"]): (payload: unknown) => Promise<void> {
  const met = new LRUCache<number, true>({ max: remembered });
  return async (payload) => {
    const parsed = withRepository.safeParse(payload);
    if (!parsed.success || met.has(parsed.data.repository.id)) return;
    await write({ kind: "labels", ref: repositoryOf(parsed.data) });
    met.set(parsed.data.repository.id, true);
  };
}
