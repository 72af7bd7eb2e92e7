import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defaultConfiguration,
  fleetConfigurationJsonSchema,
} from "../../../src/github/configuration/fleet-configuration.ts";
import { parseConfiguration } from "../../../src/github/configuration/parse-configuration.ts";

describe("a good file", () => {
  test("may be empty: everything has a default", () => {
    expect(parseConfiguration("")).toEqual({ ok: true, configuration: defaultConfiguration });
    expect(parseConfiguration("# nothing yet\n")).toEqual({ ok: true, configuration: defaultConfiguration });
    expect(defaultConfiguration).toMatchObject({
      readiness: { threshold: 80 },
      council: { start: "auto", members: 3 },
      merge: { method: "merge", by: "fleet" },
    });
  });

  test("sets what it names and keeps the other defaults", () => {
    const text = [
      "roles:",
      "  architect: ['@acme/architects', arno]",
      "readiness: { threshold: 60 }",
      "council: { start: command, temperatures: [0.1, 0.7], budget: { tokens: 1000 } }",
      "checks: { test: npm test }",
      "paths: { deny: ['infra/**'] }",
      "limits: { stories-in-progress: 3 }",
    ].join("\n");
    const parsed = parseConfiguration(text);
    expect(parsed).toMatchObject({
      ok: true,
      configuration: {
        roles: { architect: ["@acme/architects", "arno"] },
        readiness: { threshold: 60 },
        council: { start: "command", members: 3, temperatures: [0.1, 0.7], budget: { tokens: 1000, minutes: 30 } },
        checks: { test: "npm test" },
        paths: { deny: ["infra/**"], tests: [] },
        limits: { "stories-in-progress": 3 },
      },
    });
  });
});

describe("a broken file names line, value and fix", () => {
  test.each([
    [
      "readiness:\n  threshold: 120",
      { line: 2, path: "readiness.threshold", value: "120", fix: "write a number of at most 100" },
    ],
    [
      "council:\n  start: sometimes",
      { line: 2, path: "council.start", value: '"sometimes"', fix: "write one of: auto, command" },
    ],
    [
      "council:\n  members: 3\n  member: 4",
      { line: 3, path: "council.member", value: null, fix: 'did you mean "members"?' },
    ],
    ["merges: {}", { line: 1, path: "merges", fix: 'did you mean "merge"?' }],
    ["roles:\n  qa: quinn", { line: 2, path: "roles.qa", value: '"quinn"', fix: "write a list: [first, second]" }],
    ["roles:\n  qa:\n    - quinn\n    - '@acme/'", { line: 4, path: "roles.qa.1", fix: 'write a team as "@org/team"' }],
    ["roles:\n  tester: [quinn]", { line: 2, path: "roles.tester" }],
    ["council:\n  members: three", { line: 2, value: '"three"', fix: "write a number" }],
    ["checks:\n  test: ''", { line: 2, fix: "write at least 1 characters" }],
    ["- a\n- b", { path: "", fix: "write a block of settings, indented below the name" }],
    ["roles: [\n", { fix: "correct the YAML on this line" }],
    ["a: &a [x]\nb: *c", { fix: "write it without aliases" }],
  ])("%j", (text, problem) => {
    const parsed = parseConfiguration(text);
    if (parsed.ok) throw new Error("it should not parse");
    expect(parsed.problems[0]).toMatchObject(
      "fix" in problem ? { ...problem, fix: expect.stringContaining(problem.fix) } : problem,
    );
  });

  test("also when it is too long or its aliases multiply", () => {
    expect(parseConfiguration("#".repeat(100_001)).ok).toBe(false);
    const levels = Array.from({ length: 12 }, (_, at) =>
      at === 0 ? "l0: &l0 [x, x]" : `l${at}: &l${at} [*l${at - 1}, *l${at - 1}]`,
    );
    expect(parseConfiguration(levels.join("\n")).ok).toBe(false);
  });

  test("and never throws, whatever stands there", () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => typeof parseConfiguration(text).ok === "boolean"));
  });
});

test("the JSON Schema describes every setting", () => {
  expect(fleetConfigurationJsonSchema()).toMatchObject({
    type: "object",
    properties: {
      roles: {},
      readiness: {},
      gates: {},
      council: {},
      checks: {},
      paths: {},
      merge: {},
      sla: {},
      limits: {},
    },
  });
});
