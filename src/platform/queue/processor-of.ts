import { randomUUID } from "node:crypto";
import { DelayedError, type Job, type Processor, UnrecoverableError } from "bullmq";
import type { Logger } from "pino";
import type { z } from "zod";
import { PermanentError, RetryableError, UserError } from "../../kernel/errors.ts";

/** What a handler gets beside the job's data. */
export type JobContext = {
  readonly job: Job<unknown>;
  /** Carries the queue's name, the job's id and the attempt. */
  readonly logger: Logger;
  /** Aborted when the job is cancelled or the process closes and the grace time is over. */
  readonly signal: AbortSignal;
};

export type JobHandler<Data, Result = void> = (data: Data, context: JobContext) => Promise<Result>;

/** A defect in a handler, told from the outside by an id only; the stack is in the log under that id. */
export class IncidentError extends Error {
  override readonly name = "IncidentError";
  readonly incident: string;

  constructor(incident: string, options?: ErrorOptions) {
    super(`Incident ${incident}: an unexpected error, see the log.`, options);
    this.incident = incident;
  }
}

/** Errors by which BullMQ's own calls tell it what to do with the job, by name as BullMQ itself knows them. */
const signals = new Set([
  "DelayedError",
  "WaitingError",
  "WaitingChildrenError",
  "RateLimitError",
  "UnrecoverableError",
]);

/** A passing fault that lasts this long is none: the job ends as failed instead of going back once more. */
const giveUpMs = 24 * 60 * 60 * 1_000;

/** The longest pause to which a short one grows while the fault lasts, in milliseconds. */
const longestGrownMs = 30_000;

/** A fault that lasts is asked after less and less often; a longer pause that somebody named is kept as it is. */
function pauseOf(error: RetryableError, starts: number): number {
  const grown = Math.min(longestGrownMs, error.afterMs * 2 ** Math.min(Math.max(0, starts - 1), 16));
  return Math.max(0, error.afterMs, grown);
}

/**
 * A BullMQ processor from a handler: parses the data, then maps the four kinds of errors (STYLE.md, Errors).
 *
 * - `RetryableError`: back to the queue for its delay, which doubles up to half a minute each time; this uses up none of the attempts, and ends after a day.
 * - `PermanentError`, `UserError` and data that does not parse: failed, no further attempt.
 * - anything else is a defect: logged with its stack and an incident id, retried as the job's attempts allow.
 */
export function processorOf<Data, Result = void>(
  schema: z.ZodType<Data>,
  handle: JobHandler<Data, Result>,
  logger: Logger,
): Processor<unknown, Result> {
  // BullMQ passes the signal only to functions that declare three parameters.
  return async (job, token, signal) => {
    const log = logger.child({ queue: job.queueName, job: job.id, attempt: job.attemptsMade + 1 });
    const parsed = schema.safeParse(job.data);
    if (!parsed.success) {
      const paths = parsed.error.issues.map((issue) => issue.path.join(".") || "(root)").join(", ");
      throw unrecoverable(new PermanentError(`The job's data does not have its shape at: ${paths}`), log);
    }
    try {
      return await handle(parsed.data, { job, logger: log, signal: signal ?? new AbortController().signal });
    } catch (error) {
      throw await toJobError(error, job, token, log);
    }
  };
}

/** What to throw for BullMQ to do the right thing with the job; a retry has been scheduled when this resolves. */
async function toJobError(error: unknown, job: Job, token: string | undefined, logger: Logger): Promise<Error> {
  if (error instanceof RetryableError && Date.now() - job.timestamp < giveUpMs) {
    const afterMs = pauseOf(error, job.attemptsStarted);
    logger.warn({ afterMs, reason: error.message }, "job goes back to its queue");
    await job.moveToDelayed(Date.now() + afterMs, token);
    return new DelayedError();
  }
  if (error instanceof RetryableError || error instanceof PermanentError || error instanceof UserError) {
    return unrecoverable(error, logger);
  }
  // BullMQ's own signals (waiting for children, rate limit, …) pass through.
  if (error instanceof Error && signals.has(error.name)) {
    return error;
  }
  const incident = randomUUID().slice(0, 8);
  logger.error({ incident, err: error }, "unexpected error in a job");
  return new IncidentError(incident, { cause: error });
}

function unrecoverable(error: Error, logger: Logger): UnrecoverableError {
  logger.error({ reason: error.message, kind: error.name }, "job cannot be done");
  // Whoever waits for the job is told what to do, too.
  return new UnrecoverableError(error instanceof UserError ? `${error.message} ${error.hint}` : error.message);
}
