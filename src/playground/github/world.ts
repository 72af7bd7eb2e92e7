import type { Logger } from "pino";
import type { GitRepository } from "./git/git-repository.ts";
import type { RepositoryRow } from "./rows.ts";
import type { Store } from "./store.ts";
import type { Emit } from "./webhook-event.ts";

/** What every part of the local GitHub works with. */
export interface World {
  readonly store: Store;
  readonly logger: Logger;
  readonly now: () => Date;
  /** The address of the server, without a slash at its end; the REST API lies under `/api/v3`. */
  readonly url: string;
  readonly git: (repository: RepositoryRow) => GitRepository;
  /** Runs work on a repository's refs alone: pushes and API calls never race. */
  readonly alone: <T>(repositoryId: number, work: () => Promise<T>) => Promise<T>;
  /** Notes an event inside a transaction; its deliveries become part of the transaction. */
  readonly emit: Emit;
  /** Notes a delivery that was put by hand, for {@link wakeDeliveries}. */
  readonly noteDelivery: (id: number) => void;
  /** Starts sending what was noted. */
  readonly wakeDeliveries: () => void;
}

/** The time as GitHub writes it: seconds, UTC. */
export function timestamp(world: Pick<World, "now">): string {
  return `${world.now().toISOString().slice(0, 19)}Z`;
}
