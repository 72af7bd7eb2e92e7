import {
  answersQueue,
  createEnqueueWrite,
  type EnqueueWrite,
  type WriteTarget,
  writesQueue,
} from "../github/write/write-target.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";

/** The way to ask for writes, on the queues of answers and of everything else. */
export function openWrites(queues: QueueEngine): EnqueueWrite {
  return createEnqueueWrite({
    answers: queues.queue<WriteTarget>(answersQueue),
    writes: queues.queue<WriteTarget>(writesQueue),
  });
}
