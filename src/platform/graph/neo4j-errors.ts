import neo4j, { type Neo4jError } from "neo4j-driver";
import { ConfigurationError, PermanentError, RetryableError } from "../../kernel/errors.ts";

/** True for an error of the driver or the server, also when another copy of the driver made it. */
export function isNeo4jError(error: unknown): error is Neo4jError {
  return error instanceof neo4j.Neo4jError;
}

/** An error of the driver as one of ours, with the driver's own as its cause. Anything else passes as it is. */
export function fromNeo4jError(error: unknown): unknown {
  if (!isNeo4jError(error)) return error;
  const { code } = error;
  const cause = { cause: error };
  if (code === neo4j.error.SERVICE_UNAVAILABLE || code === neo4j.error.SESSION_EXPIRED) {
    return new RetryableError("Neo4j does not answer.", 1000, cause);
  }
  if (code.startsWith("Neo.TransientError."))
    return new RetryableError(`Neo4j asks for a repeat (${code}).`, 100, cause);
  if (code.includes("TransactionTimedOut"))
    return new RetryableError("A Neo4j transaction took too long.", 1000, cause);
  // A password may be changed under a running fleet: its jobs wait for the operator instead of being lost.
  if (/Security\.(?!Forbidden)/.test(code))
    return new RetryableError(`Neo4j refused the sign-in (${code}).`, 30_000, cause);
  if (code.startsWith("Neo.DatabaseError.")) return new RetryableError(`Neo4j failed (${code}).`, 5000, cause);
  return new PermanentError(`Neo4j refused a statement (${code}): ${firstLine(error.message)}`, cause);
}

/** The same at the start, where a wrong setting is the operator's to mend at once. */
export function fromConnectError(error: unknown): unknown {
  if (isNeo4jError(error) && /Security\./.test(error.code)) {
    return new ConfigurationError(
      `Neo4j refused the sign-in (${error.code}). Check NEO4J_USERNAME and NEO4J_PASSWORD.`,
      { cause: error },
    );
  }
  if (isNeo4jError(error) && error.code === "Neo.ClientError.Database.DatabaseNotFound") {
    return new ConfigurationError("Neo4j has no such database. Check NEO4J_DATABASE.", { cause: error });
  }
  return fromNeo4jError(error);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
