import neo4j from "neo4j-driver";
import { describe, expect, test } from "vitest";
import { ConfigurationError, PermanentError, RetryableError } from "../../../src/kernel/errors.ts";
import { fromConnectError, fromNeo4jError } from "../../../src/platform/graph/neo4j-errors.ts";

const errorOf = (code: string) => new neo4j.Neo4jError("what happened\nsecond line", code, "50N42", "");

describe("a Neo4j error", () => {
  test.each([
    ["ServiceUnavailable", RetryableError],
    ["SessionExpired", RetryableError],
    ["Neo.TransientError.Transaction.DeadlockDetected", RetryableError],
    ["Neo.TransientError.General.MemoryPoolOutOfMemoryError", RetryableError],
    ["Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", RetryableError],
    ["Neo.ClientError.Security.Unauthorized", RetryableError],
    ["Neo.ClientError.Security.AuthorizationExpired", RetryableError],
    ["Neo.DatabaseError.General.UnknownError", RetryableError],
    ["Neo.ClientError.Security.Forbidden", PermanentError],
    ["Neo.ClientError.Statement.SyntaxError", PermanentError],
    ["Neo.ClientError.Schema.ConstraintValidationFailed", PermanentError],
    ["ProtocolError", PermanentError],
  ])("%s is one of ours, and keeps its cause", (code, kind) => {
    const error = errorOf(code);
    expect(fromNeo4jError(error)).toBeInstanceOf(kind);
    expect(fromNeo4jError(error)).toMatchObject({ cause: error });
  });

  test.each(["Neo.ClientError.Security.Unauthorized", "Neo.ClientError.Database.DatabaseNotFound"])(
    "%s at the start is a wrong setting",
    (code) => {
      expect(fromConnectError(errorOf(code))).toBeInstanceOf(ConfigurationError);
    },
  );

  test("at the start is otherwise as later; any other error passes", () => {
    expect(fromConnectError(errorOf("ServiceUnavailable"))).toBeInstanceOf(RetryableError);
    const defect = new TypeError("a defect");
    expect(fromNeo4jError(defect)).toBe(defect);
    expect(fromConnectError(defect)).toBe(defect);
  });
});
