import { describe, expect, test } from "vitest";
import { PermanentError } from "../../../src/kernel/errors.ts";
import { parseEvent } from "../../../src/platform/outbox/parse-event.ts";

const row = {
  id: "01J",
  type: "workflow.story.tasks-completed",
  version: 1,
  occurredAt: "2026-01-02T03:04:05.678Z",
  producer: "workflow",
  correlationId: "d",
  installation: 1,
  repository: 2,
  payload: '{"merged":3,"later":"field"}',
};

describe("a stored event", () => {
  test("is spread and absent where it was null, and drops fields that this code does not know", () => {
    expect(parseEvent(row)).toEqual({
      id: "01J",
      type: "workflow.story.tasks-completed",
      version: 1,
      occurredAt: "2026-01-02T03:04:05.678Z",
      producer: "workflow",
      correlationId: "d",
      causationId: null,
      subject: { installation: 1, repository: 2, story: null, task: null },
      payload: { merged: 3 },
    });
  });

  test.each<[string, unknown, string]>([
    ["of no row", undefined, "(all)"],
    ["of an unknown type", { ...row, type: "toString" }, "type"],
    ["of another version", { ...row, version: 2 }, "version"],
    ["without fields", {}, "id, type, version"],
    ["with a payload that is not JSON", { ...row, payload: "{secret" }, "not JSON"],
    ["with another type's payload", { ...row, payload: '{"merged":"secret"}' }, "does not fit: merged"],
  ])("%s is refused without its content", (_name, value, text) => {
    const parse = () => parseEvent(value);
    expect(parse).toThrow(PermanentError);
    expect(parse).toThrow(text);
    expect(parse).not.toThrow("secret");
  });
});
