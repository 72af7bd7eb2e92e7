import { describe, expect, test } from "vitest";
import {
  asJobError,
  isLacking,
  nullWhenLacking,
  nullWhenMissing,
  statusOf,
} from "../../../src/github/client/request-failure.ts";
import { RetryableError } from "../../../src/kernel/errors.ts";

function failure(status: number, headers?: Record<string, string>, message = "Failed"): Error {
  return Object.assign(new Error(message), {
    name: "HttpError",
    status,
    ...(headers === undefined ? {} : { response: { headers } }),
  });
}

describe("a failed request", () => {
  test.each([
    ["a server fault", failure(502, {}), 2_000],
    ["a server fault with a hint", failure(503, { "retry-after": "7" }), 7_000],
    ["no answer at all", failure(500), 2_000],
    ["too many requests", failure(429, { "retry-after": "30" }), 30_000],
    ["a spent hour", failure(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "100" }), 40_000],
    [
      "a spent hour whose reset is past",
      failure(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "10" }),
      60_000,
    ],
    ["a secondary limit without a hint", failure(403, {}, "You have exceeded a secondary rate limit"), 60_000],
  ])("%s comes back later", (_, error, afterMs) => {
    const mapped = asJobError(error, 60_000);
    expect(mapped).toBeInstanceOf(RetryableError);
    expect(mapped).toMatchObject({ afterMs });
  });

  test.each([
    ["a missing permission", failure(403, { "x-ratelimit-remaining": "4999" }, "Resource not accessible")],
    ["something that is gone", failure(404, {})],
    ["a feature that is not there", failure(501, {})],
    ["a defect", new TypeError("undefined is not a function")],
  ])("%s stays what it is", (_, error) => {
    expect(asJobError(error, 0)).toBe(error);
  });

  test.each([
    [403, {}, true],
    [403, { "retry-after": "5" }, false],
    [404, {}, true],
    [405, {}, true],
    [410, {}, true],
    [422, {}, false],
    [500, {}, false],
    [501, {}, true],
  ])("of %i with %j says that something is not offered: %s", async (status, headers, lacking) => {
    expect(isLacking(failure(status, headers))).toBe(lacking);
    const call = nullWhenLacking(Promise.reject(failure(status, headers)));
    await (lacking ? expect(call).resolves.toBeNull() : expect(call).rejects.toThrow("Failed"));
  });

  test("tells its status only when GitHub answered", async () => {
    expect(statusOf(failure(404, {}))).toBe(404);
    expect(statusOf(failure(500))).toBeNull();
    expect(statusOf("404")).toBeNull();
    expect(await nullWhenMissing(Promise.reject(failure(404, {})))).toBeNull();
    await expect(nullWhenMissing(Promise.reject(failure(403, {})))).rejects.toThrow("Failed");
  });
});
