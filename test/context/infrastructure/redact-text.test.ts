import { describe, expect, it } from "vitest";
import { redactText } from "../../../src/context/infrastructure/redact-text.ts";

// Put together here, so that no scanner takes this file for a leak.
const githubToken = ["ghp", "abcdefghijklmnopqrstuvwxyz0123456789"].join("_");
const slackToken = ["xoxb", "123456789012", "123456789012", "abcdefghijklmnopqrstuvwx"].join("-");
const begin = "-----BEGIN RSA PRIVATE KEY-----";
const key = [begin, "MIIEowIBAAKCAQEA".repeat(4), "c2VjcmV0".repeat(8), "-----END RSA PRIVATE KEY-----"].join("\n");

describe("secrets in code", () => {
  it.each([
    ["a token of GitHub", `const t = "${githubToken}";`, githubToken],
    ["a token of Slack", `slack: ${slackToken}`, slackToken],
    ["a password in an address", "url = postgres://me:hunter2hunter2@db/x", "hunter2hunter2"],
    ["a password", 'const password = "correct horse";', "correct horse"],
    ["a key of several lines", key, "c2VjcmV0"],
  ])("%s: is replaced by a marker", async (_, text, secret) => {
    const redacted = await redactText(`first line\n${text}\nlast line\n`, "src/a.ts");
    expect(redacted.text).not.toContain(secret);
    expect(redacted.text).toMatch(/\[redacted: [a-z-]+\]/);
    expect(redacted.found.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
    const lines = (all: string) => all.split("\n").length;
    expect(lines(redacted.text), "line numbers stay true").toBe(lines(text) + 3);
    expect(redacted.text.startsWith("first line\n")).toBe(true);
    expect(redacted.text.endsWith("\nlast line\n")).toBe(true);
  });

  it.each(["const token = await next();", "password: string;", "function login(user, password) {}", "sha256: abc"])(
    "%s: holds none",
    async (text) => expect(await redactText(text, "src/a.ts")).toEqual({ text, found: [] }),
  );
});

it("takes a path as it is, one with a line break too", async () => {
  const failed: unknown[] = [];
  const note = (reason: unknown): void => void failed.push(reason);
  process.once("unhandledRejection", note);
  expect((await redactText("const a = 1;", "src/a\nb.js")).text).toBe("const a = 1;");
  // What secretlint measures, it measures after its answer.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(failed).toEqual([]);
});
