import { describe, expect, it } from "vitest";
import { createLogger } from "../../../src/platform/logging/create-logger.ts";

function capture(isTTY = false) {
  const lines: string[] = [];
  return { lines, stream: { isTTY, write: (line: string) => void lines.push(line) } };
}

describe("a logger", () => {
  it("writes JSON by default, with fields and child fields", () => {
    const { lines, stream } = capture();
    createLogger({ level: "info", stream }).child({ delivery: "d1" }).info({ n: 1 }, "done");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: 30, delivery: "d1", n: 1, msg: "done" });
  });

  it("leaves out what is below its level", () => {
    const { lines, stream } = capture();
    const logger = createLogger({ level: "warn", stream });
    logger.info("no");
    logger.warn("yes");
    expect(lines).toHaveLength(1);
    createLogger({ level: "silent", stream }).fatal("no");
    expect(lines).toHaveLength(1);
  });

  it.each([
    { token: "hunter2" },
    { headers: { authorization: "hunter2" } },
    { request: { headers: { authorization: "hunter2" } } },
    { options: { apiKey: "hunter2", password: "hunter2", privateKey: "hunter2" } },
    { app: { webhookSecrets: ["hunter2"] } },
    { headers: { "x-hub-signature-256": "hunter2", "set-cookie": "hunter2", cookie: "hunter2" } },
  ])("masks secrets: %j", (fields) => {
    const { lines, stream } = capture();
    createLogger({ level: "info", stream }).info(fields, "x");
    expect(lines[0]).toContain("******");
    expect(lines[0]).not.toContain("hunter2");
  });

  it("cuts errors to what helps, causes included", () => {
    const { lines, stream } = capture();
    const cause = Object.assign(new TypeError("inner"), { code: "ECONNRESET", command: { args: ["hunter2"] } });
    const err = Object.assign(new Error("outer", { cause }), { status: 502, response: { data: "hunter2" } });
    createLogger({ level: "info", stream }).error({ err }, "failed");
    expect(lines[0]).not.toContain("hunter2");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      err: {
        type: "Error",
        message: "outer",
        status: 502,
        stack: expect.stringContaining("create-logger.test"),
        cause: { type: "TypeError", message: "inner", code: "ECONNRESET" },
      },
    });
  });

  it("survives what was thrown without being an error, and causes that bite their tail", () => {
    const { lines, stream } = capture();
    const logger = createLogger({ level: "info", stream });
    logger.error({ err: { secretly: "hunter2" } }, "x");
    const err = new Error("round");
    err.cause = err;
    logger.error({ err }, "y");
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain("hunter2");
  });

  it("is pretty on a terminal or when told to", async () => {
    const terminal = capture(true);
    createLogger({ level: "info", stream: terminal.stream }).info({ n: 1 }, "hello");
    await expect.poll(() => terminal.lines.join("")).toMatch(/INFO.*hello/);
    const told = capture();
    createLogger({ level: "info", format: "pretty", stream: told.stream }).error({ err: new Error("bad") }, "hello");
    await expect.poll(() => told.lines.join("")).toMatch(/ERROR: hello[\s\S]*Error: bad/);
    const json = capture(true);
    createLogger({ level: "info", format: "json", stream: json.stream }).info("hello");
    expect(JSON.parse(json.lines[0] ?? "")).toMatchObject({ msg: "hello" });
  });
});
