import { expect, test } from "vitest";
import { ConfigurationError } from "../../src/kernel/errors.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { parseParts, processParts, requireSharedEngines } from "../../src/wiring/process-parts.ts";

test("parts are read from a list, in any order", () => {
  expect([...parseParts("writes, web")]).toEqual(["web", "writes"]);
});

test.each([
  ["nonsense", 'there is no part "nonsense"'],
  ["web,evnts", 'there is no part "evnts"'],
  ["", "there is no part"],
])("--only %s is refused, with what was expected", (text, message) => {
  expect(() => parseParts(text)).toThrow(ConfigurationError);
  expect(() => parseParts(text)).toThrow(message);
  expect(() => parseParts(text)).toThrow(/web, events, writes, deliberations/);
});

const embedded = parseEnvironment({});
const withValkey = parseEnvironment({ VALKEY_URL: "redis://127.0.0.1:6379" });
const real = parseEnvironment({ VALKEY_URL: "redis://127.0.0.1:6379", NEO4J_URI: "bolt://127.0.0.1:7687" });

test("one process may do everything on embedded engines", () => {
  expect(() => requireSharedEngines(new Set(processParts), embedded)).not.toThrow();
});

test("a process that does a part needs shared engines, and the message names which", () => {
  expect(() => requireSharedEngines(new Set(["web"]), embedded)).toThrow(/VALKEY_URL is missing/);
  expect(() => requireSharedEngines(new Set(["events"]), withValkey)).toThrow(/NEO4J_URI is missing/);
  expect(() => requireSharedEngines(new Set(["deliberations"]), withValkey)).not.toThrow();
  for (const part of processParts) expect(() => requireSharedEngines(new Set([part]), real)).not.toThrow();
});
