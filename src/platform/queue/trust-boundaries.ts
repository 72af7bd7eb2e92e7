import type { ConnectionOptions, Processor, Queue, Worker } from "bullmq";
import type { Valkey } from "iovalkey";

/**
 * The casts of the queue engine, each with the reason why it holds. BullMQ's classes carry their backend in their type;
 * the port leaves it out, because everything that the port's users call is the same on both backends.
 */

/** A queue of any backend as the port's queue. The data's type is the caller's word: processors parse it anyway. */
export function asPortQueue<Data>(queue: object): Queue<Data> {
  return queue as Queue<Data>;
}

/** A worker of any backend as the port's worker. */
export function asPortWorker<Data, Result>(worker: object): Worker<Data, Result> {
  return worker as Worker<Data, Result>;
}

/** A processor with its data's type forgotten, so that one constructor call serves them all. */
export function asAnyProcessor<Data, Result>(processor: Processor<Data, Result>): Processor<unknown, unknown> {
  return processor as Processor<unknown, unknown>;
}

/** iovalkey is a fork of ioredis with the same methods; BullMQ detects it by those, its types name their own interface. */
export function asBullConnection(client: Valkey): ConnectionOptions {
  return client as unknown as ConnectionOptions;
}

/** Rows of a statement that BullMQ wrote and reads: their shape is its own. */
export function asRows<R>(rows: readonly object[]): R[] {
  return rows as R[];
}
