import { PermanentError, RetryableError } from "../../kernel/errors.ts";

/** A lost race or a dead transaction: GQLSTATUS class 40, "transaction rollback" (ISO/IEC 39075 §23). */
const rolledBack = /^40/;
/** The engine's own code of a write-write conflict; the binding passes no GQLSTATUS on from everywhere. */
const conflict = /GRAFEO-T001/;
/** What the operating system says when a disk is full or broken, inside an engine error. */
const diskFault = /no space left|os error|input\/output error/i;

class LostRaceError extends RetryableError {}

/** Whether another transaction was first: the same work, run again, sees what that one did. */
export function isLostRace(error: unknown): boolean {
  return error instanceof LostRaceError;
}

/** The embedded engine's error as one of ours, with the engine's own as its cause. */
export function fromEmbeddedError(error: unknown): Error {
  const status = statusOf(error);
  const message = error instanceof Error ? firstLine(error.message) : "unknown";
  if (diskFault.test(message))
    return new RetryableError("The embedded graph cannot write its file.", 5000, { cause: error });
  if (rolledBack.test(status) || conflict.test(message))
    return new LostRaceError("The embedded graph rolled a transaction back.", 50, { cause: error });
  return new PermanentError(`The embedded graph refused a statement (${status}): ${message}`, { cause: error });
}

/** The GQLSTATUS that @grafeo-db/js puts on its errors; empty for one that its binding raised. */
function statusOf(error: unknown): string {
  if (!(error instanceof Error) || !("gqlStatus" in error)) return "";
  return String(error.gqlStatus);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
