import type { Queue, RepeatOptions } from "bullmq";
import type { Logger } from "pino";
import { z } from "zod";
import { entities } from "../context/domain/access/entities.ts";
import { contextRoles } from "../context/domain/block-table.ts";
import { namedRepository } from "../github/reconcile/named-repository.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";

/** The queue of what happens by the clock: of several processes one does it. */
export const timersQueue = "timers";

/** What `fleet audit verify --json` prints of logs that are as they were written. */
export const keptLogs = z.array(z.object({ installation: z.int(), records: z.int(), hash: z.string() }));

const timerJob = z.object({
  timer: z.string(),
  /** Narrows what somebody asked for. */
  repository: namedRepository.optional(),
  /** Which lines of the audit log somebody asked for: of the story of this issue, of this principal, at most so many. */
  audit: z
    .object({ issue: z.int().optional(), principal: z.string().optional(), limit: z.int().min(1).max(10_000) })
    .optional(),
  /** What somebody kept of audit logs, to be compared with what is there. */
  kept: keptLogs.optional(),
  /** Whose context somebody asked for: of an issue that is a story, of one of its tasks, for a role; and why something is not seen. */
  context: z
    .object({
      issue: z.int(),
      task: z.int().optional(),
      role: z.enum(contextRoles).optional(),
      about: z.object({ entity: z.enum(entities), id: z.string(), field: z.string().nullable() }).optional(),
    })
    .optional(),
});

export type TimerJob = z.infer<typeof timerJob>;

/** Something that happens by the clock, or when somebody asks for it. */
export type Timer = {
  readonly name: string;
  /** Null: only when somebody asks. */
  readonly repeat: Omit<RepeatOptions, "key"> | null;
  /** Whether it comes at each start, too, a minute after it; one that repeats by an interval begins at once anyway. */
  readonly atStart?: true;
  /** Resolves with what is worth telling whoever asked for it. */
  readonly run: (job: TimerJob) => Promise<unknown>;
};

/** A run that failed is not tried again by itself: the next one is near. */
const once = { attempts: 1, removeOnComplete: { count: 100 }, removeOnFail: { count: 100 } } as const;

/** After a start, in milliseconds: GitHub should have answered by then. */
const startMs = 60_000;

/** Starts what happens by the clock, each timer once for all processes. Answers when the queue knows of all of them. */
export async function startTimers(queues: QueueEngine, timers: readonly Timer[], logger: Logger): Promise<void> {
  const process = async (job: TimerJob) => timers.find(({ name }) => name === job.timer)?.run(job);
  queues.worker(timersQueue, processorOf(timerJob, process, logger), { concurrency: 2 });
  const queue = queues.queue<TimerJob>(timersQueue);
  for (const { name, repeat, atStart } of timers) {
    if (repeat === null) continue;
    await queue.upsertJobScheduler(name, repeat, { name, data: { timer: name }, opts: once });
    if (atStart !== true) continue;
    // Of several processes that start, once.
    const soon = { ...once, delay: startMs, deduplication: { id: `${name}-at-start`, ttl: startMs } };
    await queue.add(name, { timer: name }, soon);
  }
}

/** Asks for one run of a timer, now; returns the job's id. */
export async function askForTimer(queue: Pick<Queue<TimerJob>, "add">, job: TimerJob): Promise<string> {
  const { id } = await queue.add(job.timer, job, once);
  return id ?? "";
}
