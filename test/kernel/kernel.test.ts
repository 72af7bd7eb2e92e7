import { describe, expect, it } from "vitest";
import { changedProperties } from "../../src/kernel/changed-properties.ts";
import { ConfigurationError, PermanentError, RetryableError, UserError } from "../../src/kernel/errors.ts";
import { eventPayloads } from "../../src/kernel/event.ts";
import { feedbackMinimum, refuseShortFeedback, trimFeedback } from "../../src/kernel/feedback.ts";
import { createNewId, storyId, taskId } from "../../src/kernel/ids.ts";
import { createEvent } from "../../src/kernel/new-event.ts";
import { isStoryId, isTaskId } from "../../src/kernel/parse-ids.ts";
import { principalKey, principalName, system } from "../../src/kernel/principal.ts";
import { isRefusalReason, refusalReasons } from "../../src/kernel/reasons.ts";
import { isRole } from "../../src/kernel/roles.ts";

describe("ids", () => {
  it("are derived from the repository, the issue, the plan and the number", () => {
    expect(storyId(100, 42)).toBe("100-42");
    expect(taskId(storyId(100, 42), 2, 3)).toBe("100-42-p2-t3");
  });

  it("are recognised by their form", () => {
    expect(["100-42", "100-42-p2-t3", "100", "a-b", "100-42 ", ""].map(isStoryId)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(["100-42-p2-t3", "100-42", "100-42-p2-t3-r1", ""].map(isTaskId)).toEqual([true, false, false, false]);
  });

  it("of events rise within one millisecond", () => {
    const newId = createNewId(() => 1_700_000_000_000);
    const ids = Array.from({ length: 100 }, newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });
});

describe("a principal", () => {
  it.each([
    [{ kind: "human", id: 5, login: "ann" } as const, "human:5", "@ann"],
    [{ kind: "agent", role: "qa", number: 2 } as const, "agent:qa:2", "agent:qa:2"],
    [system, "system", "the fleet"],
  ])("has a stable key and a name", (principal, key, name) => {
    expect([principalKey(principal), principalName(principal)]).toEqual([key, name]);
  });
});

describe("an event", () => {
  it("is put into its envelope", () => {
    const subject = { installation: 1, repository: 2, story: "2-3", task: null };
    const event = createEvent(
      { type: "workflow.story.tasks-completed", payload: { merged: 2 } },
      { id: "01X", now: 0, producer: "workflow", subject, correlationId: "d-1", causationId: "01W" },
    );
    expect(event).toEqual({
      id: "01X",
      type: "workflow.story.tasks-completed",
      version: 1,
      occurredAt: "1970-01-01T00:00:00.000Z",
      producer: "workflow",
      correlationId: "d-1",
      causationId: "01W",
      subject,
      payload: { merged: 2 },
    });
  });

  it("of a denial carries a reason of the closed list", () => {
    const payload = { principal: system, action: "x", state: "draft", reason: "own-work", text: "", deliveryId: null };
    expect(eventPayloads["access.denied"].safeParse(payload).success).toBe(true);
    expect(eventPayloads["access.denied"].safeParse({ ...payload, reason: "because" }).success).toBe(false);
  });
});

describe("names from outside", () => {
  it("are narrowed", () => {
    expect([isRole("qa"), isRole("boss")]).toEqual([true, false]);
    expect([isRefusalReason("own-work"), isRefusalReason("toString"), isRefusalReason(1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(Object.values(refusalReasons).every((sentence) => sentence.endsWith("."))).toBe(true);
  });
});

describe("feedback", () => {
  it("is trimmed and counted in characters", () => {
    expect([trimFeedback(undefined), trimFeedback(" \n "), trimFeedback(" a ")]).toEqual([null, null, "a"]);
    expect(refuseShortFeedback("reject", " 123456789 ", ["qa"])).toEqual({
      reason: "feedback-missing",
      rule: '"reject" needs feedback of at least 10 characters; this one has 9.',
      who: ["qa"],
      next: "Say in a sentence what should be different, and ask again.",
    });
    expect(refuseShortFeedback("reject", undefined, [])?.rule).toContain("this one has 0");
    expect(refuseShortFeedback("reject", "x".repeat(feedbackMinimum), [])).toBeNull();
  });
});

describe("changed properties", () => {
  it("are those that differ, lists by their content", () => {
    const before = { a: 1, b: ["x"], c: null, d: "gone" };
    expect(changedProperties(before, { a: 1, b: ["x"], c: 2, d: null })).toEqual({ c: 2, d: null });
    expect(changedProperties(before, { b: ["y"] })).toEqual({ b: ["y"] });
  });
});

describe("errors", () => {
  it("have a kind by name and carry what their kind needs", () => {
    expect(new UserError("not-ready", "m", "h")).toMatchObject({
      name: "UserError",
      reason: "not-ready",
      message: "m",
      hint: "h",
    });
    expect(new RetryableError("m", 5, { cause: "c" })).toMatchObject({
      name: "RetryableError",
      afterMs: 5,
      cause: "c",
    });
    expect([new PermanentError("m").name, new ConfigurationError("m").name]).toEqual([
      "PermanentError",
      "ConfigurationError",
    ]);
  });
});
