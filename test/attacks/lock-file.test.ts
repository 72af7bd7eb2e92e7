import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, directory, removePlaces, repository } from "../cli/choose/a-choice.ts";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";

afterAll(removePlaces);

/** Where a script of an installation would leave its mark. */
const outside = mkdtempSync(join(tmpdir(), "fleet-installed-"));
const mark = join(outside, "was-run");

const project = { name: "x", version: "1.0.0", type: "module", scripts: { test: "node --test" } };
const lock = (packages: object, root: object = {}) =>
  JSON.stringify({
    ...{ name: "x", version: "1.0.0" },
    lockfileVersion: 3,
    packages: { "": { ...project, ...root }, ...packages },
  });

const right = { "add.js": "export const add = (a, b) => a + b;\n" };
const needs = { dependencies: { ms: "2.1.3" } };
const scripts = Object.fromEntries(
  ["preinstall", "install", "postinstall", "prepare", "pretest"].map((name) => [name, `echo evil > ${mark}`]),
);
const swapped = (entry: object) => ({
  ...right,
  "package.json": JSON.stringify({ ...project, ...needs }),
  "package-lock.json": lock({ "node_modules/ms": { version: "2.1.3", ...entry } }, needs),
});

const candidates: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  honest: right,
  git: swapped({ resolved: "git+ssh://git@example.org/evil.git#abc" }),
  file: swapped({ resolved: "file:../evil.tgz" }),
  inside: swapped({ resolved: "http://169.254.169.254/evil.tgz", integrity: "sha512-AA==" }),
  scripts: { ...right, "package.json": JSON.stringify({ ...project, scripts: { ...project.scripts, ...scripts } }) },
};

afterAll(() => rmSync(outside, { recursive: true, force: true }));

describe.skipIf(bubblewrapMissing)("a candidate that changes what is installed (needs bubblewrap)", () => {
  let chosen: Awaited<ReturnType<typeof choose>>;

  beforeAll(async () => {
    const files = Object.entries(candidates).flatMap(([id, own]) =>
      Object.entries(own).map(([path, text]) => [`${id}/${path}`, text] as const),
    );
    chosen = await choose({
      repo: repository({
        "package.json": JSON.stringify(project),
        "package-lock.json": lock({}),
        "add.js": "export const add = (a, b) => a - b;\n",
        "test/add.test.js": `import assert from "node:assert"; import { test } from "node:test"; import { add } from "../add.js";
          test("adds", () => assert.equal(add(1, 2), 3)); test("zero", () => assert.equal(add(1, 0), 1));\n`,
      }),
      candidates: directory(Object.fromEntries(files)),
    });
  });

  it.each(["git", "file", "inside"])("by a lock file that leads elsewhere (%s) is not run, and loses", (id) => {
    expect(chosen.cell(id, "regressions")).toMatchObject({
      status: "not-run",
      summary: expect.stringContaining("does not come from a package registry"),
    });
    expect(chosen.report.candidates.find((row) => row.id === id)?.passes).toBe(false);
  });

  it("by scripts of an installation has them run nowhere that matters, and wins nothing by them", () => {
    expect(existsSync(mark)).toBe(false);
    expect(chosen.report.winner).toBe("honest");
  });
});
