import { afterAll, describe, expect, it } from "vitest";
import { bubblewrapMissing } from "../../execution/infrastructure/bubblewrap-missing.ts";
import { choose, directory, type Files, patchOf, removePlaces, repository, run } from "./a-choice.ts";

afterAll(removePlaces);

const line = "export const add = (a, b) => a - b;";
const test = (add: number, half: number): string =>
  `import test from "node:test"; import assert from "node:assert"; import { add } from "./add.js"; import { half } from "./half.js"; test("adds", () => assert.equal(add(1, 2), ${add})); test("halves", () => assert.equal(half(4), ${half}));`;
/** As most TypeScript projects are: the tests run what the build makes, themselves included. */
const project: Files = {
  "package.json": JSON.stringify({
    type: "module",
    scripts: { build: "rm -rf dist && cp -r src dist", test: "node --test dist/" },
  }),
  ".gitignore": "dist\n",
  "src/add.js": `${line}\n`,
  "src/half.js": "export const half = (a) => a / 2;\n",
  "src/all.test.js": `${test(3, 2)}\n`,
};

describe.skipIf(bubblewrapMissing)("fleet choose on projects whose tests need a build (needs bubblewrap)", () => {
  it("builds the base as well, and again where tests are put back", async () => {
    const { report, cell } = await choose({
      repo: repository(project),
      candidates: directory({
        "right.patch": patchOf("src/add.js", line, "export const add = (a, b) => a + b;"),
        "breaks/src/half.js": "export const half = (a) => a / 4;\n",
        "weakens/src/half.js": "export const half = (a) => a / 4;\n",
        "weakens/src/all.test.js": `${test(3, 1)}\n`,
      }),
    });
    expect(report).toMatchObject({
      winner: "right",
      base: { failing: ["dist/all.test.js > adds"], outcome: "failed" },
    });
    expect(cell("right", "regressions")).toMatchObject({ status: "passed", fixed: 1 });
    for (const id of ["breaks", "weakens"])
      expect(cell(id, "regressions")).toMatchObject({ status: "failed", failing: ["dist/all.test.js > halves"] });
  });

  it("says how to have more measured where no project is known", async () => {
    const { out } = await run({
      repo: repository({ "a.rb": "puts 1\n" }),
      candidates: directory({ "c.patch": patchOf("a.rb", "puts 1", "puts 2") }),
      json: false,
    });
    expect(out).toContain(
      "it has no tests that are known here; .github/fleet.yml can say how to build and test it (checks: build, test)",
    );
    expect(out).toContain("c: it passes: it applies, and no build or test is known that could be run on it.");
  });

  it("says where the test command names no single tests", async () => {
    const { out } = await run({
      repo: repository({ Makefile: "test:\n\ttest -s a.txt\n", "a.txt": "a\n" }),
      candidates: directory({ "right.patch": patchOf("a.txt", "a", "b") }),
      json: false,
    });
    expect(out).toContain("passing tests: 1 (the test command names no single tests, so it counts as one)");
  });

  it("says why nothing passes on the base", async () => {
    const broken = { ...project, "package.json": project["package.json"]?.replace("rm -rf dist", "exit 3") ?? "" };
    const { out } = await run({
      repo: repository(broken),
      candidates: directory({ "right.patch": patchOf("src/add.js", line, "export const add = (a, b) => a + b;") }),
      json: false,
    });
    expect(out).toContain(
      "passing tests: 0; nothing tells what a change breaks: Its build fails: The command ended with status 3.",
    );
    expect(out).toMatch(/winner: none/);
  });
});
