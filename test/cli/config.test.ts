import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, expect, test } from "vitest";
import { printSchema, validateFile } from "../../src/cli/config.ts";

const directory = mkdtempSync(join(tmpdir(), "fleet-config-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function validate(text: string | null, json = false) {
  const file = join(directory, text === null ? "missing.yml" : "fleet.yml");
  if (text !== null) writeFileSync(file, text);
  let said = "";
  const code = validateFile(file, json, (more) => {
    said += more;
  });
  return { code, said: stripVTControlCharacters(said).replaceAll(`${directory}/`, "") };
}

test("a good file is valid", () => {
  expect(validate("merge: { by: human }")).toEqual({ code: 0, said: "fleet.yml is valid\n" });
});

test("a broken file names line, value and fix, and ends with 1", () => {
  expect(validate("council:\n  members: nine\n  model: x\n")).toEqual({
    code: 1,
    said: [
      'fleet.yml:2 council.members = "nine": this is another kind of value than expected; write a number',
      'fleet.yml:3 council.model: there is no setting "model"; did you mean "models"? Possible here: start, members, models, temperatures, rounds, budget',
      "2 faults",
      "",
    ].join("\n"),
  });
});

test("a setting without effect is told, and valid", () => {
  expect(validate("gates: { testing: checks }").said).toBe("fleet.yml is valid\n");
  expect(validate("gates: { testing: council }").said).toBe(
    "fleet.yml:1 gates.testing has no effect yet: a person decides at this gate; the required checks must be green\nfleet.yml is valid\n",
  );
});

test("a missing file ends with 66", () => {
  expect(validate(null)).toEqual({ code: 66, said: "missing.yml: there is no such file\n" });
});

test("--json prints one object", () => {
  const { code, said } = validate("merge: 3", true);
  expect([code, JSON.parse(said)]).toMatchObject([
    1,
    { valid: false, problems: [{ line: 1, path: "merge", value: "3" }] },
  ]);
});

test("the schema is the shipped file", () => {
  let said = "";
  printSchema((text) => {
    said += text;
  });
  expect(said).toBe(readFileSync("src/github/configuration/fleet.schema.json", "utf8"));
});
