import type { RefusalReason } from "./reasons.ts";

/** Something that the user can mend. Its text is posted; it is never retried. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly reason: RefusalReason;
  /** What to do next, as a sentence. */
  readonly hint: string;

  constructor(reason: RefusalReason, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.hint = hint;
  }
}

/** A passing fault of an engine or of GitHub: the job goes back to its queue. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  /** How long to wait before the next attempt, in milliseconds. */
  readonly afterMs: number;

  constructor(message: string, afterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.afterMs = afterMs;
  }
}

/** A fault that no retry mends: the job ends as failed. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
}

/** A wrong setting: the start stops with this text and exit code 78 (EX_CONFIG). */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
