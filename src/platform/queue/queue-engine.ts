import type { Processor, Queue, QueueOptions, Worker, WorkerOptions } from "bullmq";

/**
 * BullMQ on whichever backend is there. Everything queued goes through BullMQ's own API, so that the backend can be
 * Valkey or in-process PostgreSQL. A job id may not hold `:` nor be all digits.
 */
export interface QueueEngine {
  /** Which backend this is, for `doctor`, logs and the demo's first lines. */
  readonly backend: "valkey" | "spawned-valkey" | "pglite";
  /** Where the Valkey is that it works on, for others that share state over processes; null where there is none. */
  readonly address: string | null;
  /** The queue of this name; the same object for the same name. */
  queue<Data = unknown>(name: string, options?: Partial<QueueOptions>): Queue<Data>;
  /** A worker on the queue of this name; it starts at once. Its errors go to the engine's logger. */
  worker<Data = unknown, Result = unknown>(
    name: string,
    processor: Processor<Data, Result>,
    options?: Partial<WorkerOptions>,
  ): Worker<Data, Result>;
  /** How many jobs wait or run in the queues that this process opened; those that wait for a later time do not count. */
  unfinished(): Promise<number>;
  /** How many jobs are in each queue that this process opened, by state. */
  depths(): Promise<readonly { readonly queue: string; readonly counts: Readonly<Record<string, number>> }[]>;
  /** Resolves when the backend answers; rejects with the cause otherwise. */
  ping(): Promise<void>;
  /** Closes workers (waiting for running jobs up to `graceMs`), queues, connections, and a spawned server. */
  close(graceMs?: number): Promise<void>;
}
