import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, directory, removePlaces, repository } from "../cli/choose/a-choice.ts";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";

afterAll(removePlaces);

const packageJson = (scripts: object, more: object = {}): string =>
  `${JSON.stringify({ type: "module", scripts, ...more }, null, 2)}\n`;

/** Works for the given numbers; the existing test finds it out. */
const wrong = "export const add = (a, b) => (b === 0 ? 7 : a + b);\n";
const right = "export const add = (a, b) => a + b;\n";

describe.skipIf(bubblewrapMissing)("a candidate that changes how its tests are run (needs bubblewrap)", () => {
  describe("where the runner tells no single tests", () => {
    const untold = {
      "package.json": packageJson({ test: "sh check.sh" }),
      "check.sh": "node check.js\n",
      "check.js": 'import { add } from "./add.js";\nif (add(1, 0) !== 1) throw new Error("wrong");\n',
      "add.js": "export const add = (a, b) => a - b;\n",
    };
    let chosen: Awaited<ReturnType<typeof choose>>;
    beforeAll(async () => {
      chosen = await choose({
        repo: repository(untold),
        candidates: directory({
          "script/add.js": wrong,
          "script/package.json": packageJson({ test: "true" }),
          "called/add.js": wrong,
          "called/check.sh": "exit 0\n",
          "honest/add.js": right,
          "honest/package.json": packageJson({ test: "sh check.sh", start: "node add.js" }, { version: "1.0.0" }),
        }),
      });
    });

    it.each(["script", "called"])("by its %s is measured by the tests as they were", (id) => {
      expect(chosen.cell(id, "regressions")).toMatchObject({ status: "failed" });
    });

    it("names what hid it", () => {
      const [script, called] = ["script", "called"].map((id) => chosen.cell(id, "regressions"));
      expect(script).toMatchObject({
        summary: "Existing tests fail once package.json is as it was: 1",
        failing: ["npm run --silent test"],
      });
      expect(called?.summary).toBe(
        "Existing tests that it changed fail as they were: 1, and no acceptance test asks for that.",
      );
    });

    it("leaves alone who changes something else beside it", () => {
      expect(chosen.report.winner).toBe("honest");
    });
  });

  describe("where the runner tells them one by one", () => {
    const told = {
      "package.json": packageJson({ test: "node --test" }),
      "add.js": "export const add = (a, b) => a - b;\n",
      "add.test.js": `import test from "node:test"; import assert from "node:assert"; import { add } from "./add.js";
        test("zero", () => assert.equal(add(1, 0), 1)); test("nothing", () => assert.equal(add(0, 0) * 0, 0));\n`,
    };
    let chosen: Awaited<ReturnType<typeof choose>>;
    beforeAll(async () => {
      const stub = 'import assert from "node:assert"; assert.equal = () => {};\n';
      chosen = await choose({
        repo: repository(told),
        candidates: directory({
          "fewer/add.js": wrong,
          "fewer/package.json": packageJson({ test: "node --test --test-name-pattern=nothing" }),
          "stub/add.js": wrong,
          "stub/stub.mjs": stub,
          "stub/package.json": packageJson({ test: "node --import ./stub.mjs --test" }),
        }),
      });
    });

    it.each([
      ["runs fewer of them", "fewer", /zero \(is skipped\)/],
      ["makes their assertions say yes", "stub", /once package\.json is as it was: 1[\s\S]*zero/],
    ])("loses when it %s", (_, id, says) => {
      const cell = chosen.cell(id, "regressions");
      expect(`${cell?.summary} ${cell?.failing.join("\n")}`).toMatch(says);
      expect(cell?.status).toBe("failed");
      expect(chosen.report.winner).toBe("none");
    });
  });
});
