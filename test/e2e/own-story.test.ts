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

const run = promisify(execFile);

const files = {
  "package.json": JSON.stringify({ name: "till", version: "1.0.0", type: "module", scripts: { test: "node --test" } }),
  "src/till.js": `export function total(prices) {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n`,
  "test/till.test.js": `import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { total } from "../src/till.js";\n\ntest("adds prices", () => {\n  assert.equal(total([100, 250]), 350);\n});\n`,
};

const story = `# Take ten percent off totals above 100 euros

As a shop owner I want large totals to be reduced so that customers buy more at once.

It touches \`src/till.js\`.

## Acceptance criteria

1. Given prices that add up to 20000 cents, when the total is taken, then the answer is 18000.
`;

const plan = {
  rationale: "One function holds the rule.",
  tasks: [
    {
      number: 1,
      title: "Reduce totals above 10000 cents by ten percent",
      description: "In src/till.js.",
      type: "code",
      role: "developer",
      estimateHours: 1,
      dependsOn: [],
      covers: [1],
    },
  ],
};

const acceptance = (path: string) => `${path}
\`\`\`js
import assert from "node:assert/strict";
import { test } from "node:test";
import { total } from "../src/till.js";

test("criterion 1: a large total is reduced", () => {
  assert.equal(total([15000, 5000]), 18000);
});
\`\`\``;

const draft = (condition: string) => `src/till.js
\`\`\`js
<<<<<<< SEARCH
  return prices.reduce((sum, price) => sum + price, 0);
=======
  const sum = prices.reduce((before, price) => before + price, 0);
  return ${condition} ? sum * 0.9 : sum;
>>>>>>> REPLACE
\`\`\`
The rule stands in total.`;

/** One breaks the test that was there, one misses the criterion, one is right. */
const drafts = [draft("sum > 0"), draft("sum > 100000"), draft("sum > 10000")];

let directory: string;
let model: ScriptedModel;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-own-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, "till", path)), { recursive: true });
    await writeFile(join(directory, "till", path), text);
  }
  await writeFile(join(directory, "story.md"), story);
  model = await startScriptedModel(({ purpose, text }, before) => {
    if (purpose === "plan") return JSON.stringify(plan);
    if (purpose === "acceptance test") return acceptance([...text.matchAll(/^test\/\S+\.js$/gm)].at(-1)?.[0] ?? "");
    return purpose === "draft" ? (drafts[before] ?? null) : "no change";
  });
});

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
  test("walks the same road, chosen by running, and leaves the repository as it is", { timeout: 300_000 }, async () => {
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
    expect(await readFile(join(directory, "till", "src", "till.js"), "utf8")).toBe(files["src/till.js"]);
    expect((await git("status", "--porcelain")).stdout).toBe("");
    expect((await git("branch", "--list")).stdout.trim()).toBe("* main");
  });

  test("that is not ready ends at once with what to write instead", { timeout: 60_000 }, async () => {
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
