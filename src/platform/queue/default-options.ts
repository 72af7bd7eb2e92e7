import type { JobsOptions, WorkerOptions } from "bullmq";

/**
 * What a job gets unless its queue says otherwise: 8 attempts over about two minutes. A finished job is kept for a while,
 * because its id refuses duplicates only as long as it exists.
 */
export const defaultJobOptions = {
  attempts: 8,
  backoff: { type: "exponential", delay: 1_000, jitter: 0.5 },
  /** `age` in seconds. */
  removeOnComplete: { age: 86_400, count: 1_000 },
  removeOnFail: { age: 14 * 86_400, count: 5_000 },
} as const satisfies JobsOptions;

/**
 * A job whose worker died is found after `lockDuration` plus up to two `stalledInterval` (ms) and runs again. It is given
 * up after it took down five workers.
 */
export const defaultWorkerOptions = {
  lockDuration: 15_000,
  stalledInterval: 5_000,
  maxStalledCount: 5,
} as const satisfies Partial<WorkerOptions>;
