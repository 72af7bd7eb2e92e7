import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { type FakeModelHost, startFakeModelHost } from "../platform/models/fake-model-host.ts";
import { demoSummary } from "../support/printed-events.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";
import { thorough, whyNotThorough } from "../support/thorough.ts";

let directory = "";
let host: FakeModelHost | undefined;
afterEach(async () => {
  await endFleetProcesses();
  await host?.close();
  await rm(directory, { recursive: true, force: true });
});

const written = (body: string): string => `\`\`\`js\nfunction larger(a, b) {\n  return ${body};\n}\n\`\`\``;

/** The kata's road with a model whose answers are known; `.ci/run` goes it with the real one. */
describe.skipIf(bubblewrapMissing || !thorough)(`fleet demo --live${whyNotThorough}`, () => {
  test("asks the council again where nobody passed, until one does", { timeout: 300_000 }, async () => {
    directory = await mkdtemp(join(tmpdir(), "fleet-live-"));
    // Each member of the first council is asked twice.
    host = await startFakeModelHost((_, count) => ({
      text: count <= 6 ? "I would compare the two." : written(["Math.max(a, b)", "b", "a > b"][count % 3] ?? ""),
      tokens: [100, 20],
    }));
    host.models = [{ id: "tiny", max_model_len: 8_192, meta: { n_params: 135_000_000 } }];
    const fleet = startFleetProcess(["demo", "--live", "--json"], {
      FLEET_MODEL_HOSTS: host.url,
      FLEET_DATA_DIR: directory,
    });
    await expectEnd(fleet, 0, 100_000);
    const summary = demoSummary.parse(JSON.parse(fleet.lines.at(-1) ?? ""));
    expect(summary).toMatchObject({ story: { state: "done" }, tasks: [{ rounds: 2, inRepository: true }] });
    const [first, second] = summary.rounds;
    expect(first).toMatchObject({ winner: null });
    expect(first?.candidates.map(({ checks }) => checks["applies"]?.status)).toEqual(["failed", "failed", "failed"]);
    expect(second?.candidates.map(({ checks }) => checks["acceptance"]?.status).sort()).toEqual([
      "failed",
      "failed",
      "passed",
    ]);
    expect(second?.candidates.find(({ winner }) => winner)?.checks["acceptance"]?.status).toBe("passed");
    expect(host.seen).toHaveLength(9);
  });

  test("tries somebody's own story on somebody's own repository, after no council could plan it", {
    timeout: 300_000,
  }, async () => {
    directory = await mkdtemp(join(tmpdir(), "fleet-live-"));
    const files = {
      "shop/shop/__init__.py": "",
      "shop/shop/prices.py": "def larger(a, b):\n    raise NotImplementedError\n",
      "shop/tests/__init__.py": "",
      "shop/tests/test_larger.py":
        "import unittest\n\nfrom shop.prices import larger\n\n\nclass Larger(unittest.TestCase):\n    def test_second(self):\n        self.assertEqual(larger(1, 3), 3)\n\n    def test_first(self):\n        self.assertEqual(larger(4, 3), 4)\n",
      "story.md":
        "# Return the larger of two prices\n\nAs a shop owner I want the larger of two prices so that it is shown first.\n\nIt touches `shop/prices.py`.\n\n## Acceptance criteria\n\n1. Given the prices 1 and 3, when `larger` is called, then the answer is 3, as `tests/test_larger.py` checks.\n",
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const bodies = ["a + b", "max(a, b)", "b"];
    host = await startFakeModelHost((_, count) => ({
      text: `\`\`\`python\ndef larger(a, b):\n    return ${bodies[count % 3]}\n\`\`\``,
      tokens: [100, 20],
    }));
    host.models = [{ id: "tiny", max_model_len: 8_192, meta: { n_params: 135_000_000 } }];
    const own = ["--repo", join(directory, "shop"), "--story", join(directory, "story.md")];
    const fleet = startFleetProcess(["demo", "--live", "--json", ...own], {
      FLEET_MODEL_HOSTS: host.url,
      FLEET_DATA_DIR: join(directory, "data"),
    });
    await expectEnd(fleet, 0, 100_000);
    const summary = demoSummary.parse(JSON.parse(fleet.lines.at(-1) ?? ""));
    expect(summary).toMatchObject({ story: { state: "done" }, tasks: [{ rounds: 1, inRepository: true }] });
    const seen = summary.rounds[0]?.candidates.map(({ checks, winner }) => [checks["acceptance"]?.status, winner]);
    expect(seen).toEqual([
      ["passed", true],
      ["failed", false],
      ["failed", false],
    ]);
    expect(host.seen).toHaveLength(3);
  });
});
