import type { Logger } from "pino";
import type { Clock } from "../kernel/clock.ts";
import type { Cache } from "../platform/cache/cache.ts";
import type { Environment } from "../platform/config/environment.ts";
import type { Graph } from "../platform/graph/graph.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import type { GitHubConnection } from "./connect-github.ts";

/** The engines that the contexts are wired to. */
export type AssembleOptions = {
  readonly environment: Environment;
  readonly graph: Graph;
  readonly queues: QueueEngine;
  /** Of hot reads and contexts; in process if absent, which is right for a process on its own. */
  readonly cache?: Cache;
  readonly github: GitHubConnection;
  readonly logger: Logger;
  readonly trusted?: boolean;
  /** The time; the machine's if absent. */
  readonly clock?: Clock;
  /** Called after each commit that made events: wakes the relay. */
  readonly committed: () => void;
};
