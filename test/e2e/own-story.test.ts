import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { demoSummary } from "../support/printed-events.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";
import { type ScriptedModel, startScriptedModel } from "../support/scripted-model.ts";
import { thorough } from "../support/thorough.ts";

const run = promisify(execFile);

/** One repository in two languages, with what the model answers of each. */
type Shop = {
  readonly files: Readonly<Record<string, string>>;
  readonly source: string;
  /** What the acceptance test's path looks like in its prompt. */
  readonly testPath: RegExp;
  readonly acceptance: string;
  readonly sum: string;
  readonly reduced: (condition: string) => string;
};

const shops: Readonly<Record<string, Shop>> = {
  JavaScript: {
    files: {
      "package.json": JSON.stringify({
        name: "till",
        version: "1.0.0",
        type: "module",
        scripts: { test: "node --test" },
      }),
      "src/till.js": `export function total(prices) {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n`,
      "test/till.test.js": `import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { total } from "../src/till.js";\n\ntest("adds prices", () => {\n  assert.equal(total([100, 250]), 350);\n});\n`,
    },
    source: "src/till.js",
    testPath: /^test\/\S+\.js$/gm,
    acceptance: `import assert from "node:assert/strict";
import { test } from "node:test";
import { total } from "../src/till.js";

test("criterion 1: a large total is reduced", () => {
  assert.equal(total([15000, 5000]), 18000);
});`,
    sum: "  return prices.reduce((sum, price) => sum + price, 0);",
    reduced: (condition) => `  const sum = prices.reduce((before, price) => before + price, 0);
  return ${condition} ? sum * 0.9 : sum;`,
  },
  Python: {
    files: {
      "shop/__init__.py": "",
      "shop/till.py": `def total(prices):\n    return sum(prices)\n`,
      "tests/__init__.py": "",
      "tests/test_till.py": `import unittest\n\nfrom shop.till import total\n\n\nclass Till(unittest.TestCase):\n    def test_adds_prices(self):\n        self.assertEqual(total([100, 250]), 350)\n`,
    },
    source: "shop/till.py",
    testPath: /^tests\/\S+\.py$/gm,
    acceptance: `import unittest

from shop.till import total


class LargeTotal(unittest.TestCase):
    def test_is_reduced(self):
        self.assertEqual(total([15000, 5000]), 18000)`,
    sum: "    return sum(prices)",
    reduced: (condition) => `    whole = sum(prices)
    return whole * 0.9 if ${condition.replace("sum", "whole")} else whole`,
  },
};

const story = ({ source }: Shop) => `# Take ten percent off totals above 100 euros

As a shop owner I want large totals to be reduced so that customers buy more at once.

It touches \`${source}\`.

## Acceptance criteria

1. Given prices that add up to 20000 cents, when the total is taken, then the answer is 18000.
`;

const plan = ({ source }: Shop) => ({
  rationale: "One function holds the rule.",
  tasks: [
    {
      number: 1,
      title: "Reduce totals above 10000 cents by ten percent",
      description: `In ${source}.`,
      type: "code",
      role: "developer",
      estimateHours: 1,
      dependsOn: [],
      covers: [1],
    },
  ],
});

const draft = ({ source, sum, reduced }: Shop, condition: string) => `${source}
\`\`\`
<<<<<<< SEARCH
${sum}
=======
${reduced(condition)}
>>>>>>> REPLACE
\`\`\`
The rule stands in total.`;

/** One breaks the test that was there, one misses the criterion, one is right. */
const conditions = ["sum > 0", "sum > 100000", "sum > 10000"];

let directory: string;
let model: ScriptedModel;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-own-"));
});

/** Somebody's folder and story, and a model that knows them. */
async function open(shop: Shop): Promise<void> {
  for (const [path, text] of Object.entries(shop.files)) {
    await mkdir(dirname(join(directory, "till", path)), { recursive: true });
    await writeFile(join(directory, "till", path), text);
  }
  await writeFile(join(directory, "story.md"), story(shop));
  model = await startScriptedModel(({ purpose, text }, before) => {
    if (purpose === "plan") return JSON.stringify(plan(shop));
    if (purpose === "acceptance test") {
      const path = [...text.matchAll(shop.testPath)].at(-1)?.[0] ?? "";
      return `${path}\n\`\`\`\n${shop.acceptance}\n\`\`\``;
    }
    const condition = conditions[before];
    if (purpose === "draft") return condition === undefined ? null : draft(shop, condition);
    return "no change";
  });
}

afterEach(async () => {
  await endFleetProcesses();
  await model.close();
  await rm(directory, { recursive: true, force: true });
});

const startDemo = (...args: readonly string[]) =>
  startFleetProcess(
    ["demo", "--json", "--story", join(directory, "story.md"), "--repo", join(directory, "till"), ...args],
    {
      FLEET_MODEL_HOSTS: model.url,
      FLEET_DATA_DIR: join(directory, "data"),
    },
  );

/** Code of a model that the fleet does not know is run in a sandbox only. */
describe.skipIf(bubblewrapMissing)("somebody's own story on somebody's own repository", () => {
  const road = "in %s walks the same road, chosen by running, and leaves the repository as it is";
  const tried = Object.entries(shops).slice(0, thorough ? undefined : 1);
  test.each(tried)(road, { timeout: 300_000 }, async (_, shop) => {
    await open(shop);
    const git = (...args: string[]) => run("git", ["-C", join(directory, "till"), ...args]);
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", "--all");
    await git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "Begin");
    const demo = startDemo();
    await expectEnd(demo, 0);
    const summary = demoSummary.parse(JSON.parse(demo.lines.at(-1) ?? ""));
    expect(summary.story.state).toBe("done");
    expect(summary.tasks).toMatchObject([{ state: "done", rounds: 1, inRepository: true }]);
    const candidates = summary.rounds[0]?.candidates ?? [];
    const seen = candidates.map(({ checks, winner }) =>
      [checks["regressions"]?.status, checks["acceptance"]?.status, winner ? "wins" : "loses"].join(" "),
    );
    // Members draft at the same time, so who of them got which answer is not told.
    expect(seen.sort()).toEqual(["failed passed loses", "passed failed loses", "passed passed wins"]);
    expect(await readFile(join(directory, "till", shop.source), "utf8")).toBe(shop.files[shop.source]);
    expect((await git("status", "--porcelain")).stdout).toBe("");
    expect((await git("branch", "--list")).stdout.trim()).toBe("* main");
  });

  test("that is not ready ends at once with what to write instead", async () => {
    await open(shops["JavaScript"] ?? expect.fail());
    const vague = "# Make it better\n\nAs a shop owner I want it to be nicer, maybe faster, so that it is good.\n";
    await writeFile(join(directory, "story.md"), vague);
    const demo = startDemo();
    await expectEnd(demo, 1, 45_000);
    expect(demo.problems.join("\n")).toMatch(/not done: The story scores \d+ of 100; 80 are needed\./);
    const summary = demoSummary.parse(JSON.parse(demo.lines.at(-1) ?? ""));
    expect(summary).toMatchObject({ story: { state: "po-review" }, tasks: [], rounds: [] });
    expect(model.asked).toEqual([]);
  });
});
