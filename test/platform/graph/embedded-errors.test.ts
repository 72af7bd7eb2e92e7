import { describe, expect, test } from "vitest";
import { PermanentError, RetryableError } from "../../../src/kernel/errors.ts";
import { fromEmbeddedError } from "../../../src/platform/graph/embedded-errors.ts";

describe("an embedded engine's error", () => {
  test("of a lost race is worth a repeat soon", () => {
    const error = fromEmbeddedError(Object.assign(new Error("Write conflict"), { gqlStatus: "40000" }));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ afterMs: 50 });
  });

  test("of a full disk is worth a repeat later", () => {
    const text = "the commit was rolled back: I/O error on the WAL: No space left on device (os error 28)";
    expect(fromEmbeddedError(Object.assign(new Error(text), { gqlStatus: "40000" }))).toMatchObject({ afterMs: 5000 });
  });

  test.each([Object.assign(new Error("syntax\n at 1:1"), { gqlStatus: "42001" }), new Error("odd"), "a string"])(
    "of any other kind is for good",
    (thrown) => {
      const error = fromEmbeddedError(thrown);
      expect(error).toBeInstanceOf(PermanentError);
      expect(error.cause).toBe(thrown);
      expect(error.message).not.toContain("\n");
    },
  );
});
