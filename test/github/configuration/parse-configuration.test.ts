import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  defaultConfiguration,
  fleetConfigurationJsonSchema,
  fleetConfigurationSchema,
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

test.each([
  ["sla: { review: 0 }", { path: "sla.review", fix: "write a number above 0" }],
  ["sla:\n  quiet:\n    from: 9", { line: 3, path: "sla.quiet.from", fix: "write text" }],
  ["sla:\n  quiet: { from: '9:00', to: '17:00' }", { path: "sla.quiet.from", fix: 'write a time of day as "18:30"' }],
  [
    "sla:\n  quiet:\n    timezone: Madrid",
    { line: 3, value: '"Madrid"', message: "there is no such time zone", fix: "IANA time zone database" },
  ],
  ["sla: { quiet: { from: '18:00' } }", { path: "sla.quiet", fix: "write both from and to, or neither" }],
  ["sla: { quiet: { days: [sun, mon, tue, wed, thu, fri, sat] } }", { message: "every day is quiet" }],
  ["sla: { quiet: { days: [saturday] } }", { path: "sla.quiet.days.0", fix: "write one of: sun, mon," }],
  ["gates: { product: council }", { path: "gates.product", fix: "write one of: human" }],
])("quiet hours and gates: %j", (text, problem) => {
  const parsed = parseConfiguration(text);
  if (parsed.ok) throw new Error("it should not parse");
  expect(parsed.problems[0]).toMatchObject(
    "fix" in problem ? { ...problem, fix: expect.stringContaining(problem.fix) } : problem,
  );
});

test("quiet hours may pass midnight, with weekends", () => {
  const text = "sla: { review: 1.5, quiet: { timezone: Europe/Madrid, from: '19:00', to: '08:00', days: [sat, sun] } }";
  expect(parseConfiguration(text)).toMatchObject({
    ok: true,
    configuration: {
      sla: {
        "claim-lease": 2,
        review: 1.5,
        qa: 4,
        "product-owner": 24,
        task: 48,
        quiet: { timezone: "Europe/Madrid", from: "19:00", to: "08:00", days: ["sat", "sun"] },
      },
    },
  });
});

test("the shipped JSON Schema is the one of the code, and describes every setting (mend it with vitest -u)", async () => {
  await expect(fleetConfigurationJsonSchema()).toMatchFileSnapshot(
    "../../../src/github/configuration/fleet.schema.json",
  );
  const { properties } = z
    .object({ properties: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(fleetConfigurationJsonSchema()));
  expect(Object.keys(properties)).toEqual(Object.keys(fleetConfigurationSchema.shape));
});

test("the shipped JSON Schema judges as the code does", () => {
  const judge = new Ajv2020({ strict: false }).compile(JSON.parse(fleetConfigurationJsonSchema()));
  for (const text of [
    "",
    "roles: { qa: ['@acme/qa', quinn] }\nmerge: { by: human }",
    "sla: { quiet: { days: [sat] } }",
  ])
    expect([text, judge(parse(text) ?? {}), parseConfiguration(text).ok]).toEqual([text, true, true]);
  for (const text of [
    "merges: {}",
    "council: { members: 9 }",
    "roles: { qa: ['@acme/'] }",
    "gates: { product: council }",
  ])
    expect([text, judge(parse(text)), parseConfiguration(text).ok]).toEqual([text, false, false]);
});
