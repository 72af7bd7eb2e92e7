import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobId } from "../../../src/platform/queue/job-id.ts";

describe("jobId", () => {
  it.each<readonly [[string, ...string[]], string]>([
    [["story", "1-2"], "story/1-2"],
    [["123"], "123/"],
    [["-5"], "-5/"],
    [["00"], "00/"],
    [["a:b"], "a%3Ab"],
    [["a/b", "c"], "a%2Fb/c"],
    [["é"], "%C3%A9"],
  ])("builds %j", (parts, expected) => {
    expect(jobId(...parts)).toBe(expected);
  });

  it("refuses an empty part", () => {
    expect(() => jobId("a", "")).toThrow(TypeError);
    expect(() => jobId("")).toThrow(TypeError);
  });

  it("is always an id that BullMQ takes", () => {
    const parts = fc.array(fc.string({ minLength: 1, unit: "binary" }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, ([first = "x", ...rest]) => {
        const id = jobId(first, ...rest);
        expect(id).not.toContain(":");
        expect(`${Number.parseInt(id, 10)}`).not.toBe(id);
      }),
    );
  });

  it("differs where the parts differ", () => {
    const parts = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom("1", "a", "/", ":", "%", "-") }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const [a = "x", ...restA] = one;
        const [b = "x", ...restB] = other;
        expect(jobId(a, ...restA) === jobId(b, ...restB)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});
