import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { findValkeyServer } from "../../../src/platform/queue/find-valkey-server.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

const missing = (await findValkeyServer()) === undefined;

// The built one: its two sides are processes of their own.
describe.skipIf(!thorough)(`the bench intake${whyNotThorough}`, () => {
  it.skipIf(missing)(
    "accepts and queues every delivery on both sides (needs valkey-server or redis-server)",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "intake-bench-"));
      onTestFinished(() => rm(folder, { recursive: true }));
      const bench = pathToFileURL(resolve("dist/src/cli/bench/intake-bench.js")).href;
      const script = join(folder, "run.mjs");
      await writeFile(
        script,
        `import { intakeBench } from ${JSON.stringify(bench)};
     console.log(JSON.stringify(await intakeBench({ rounds: 1, deliveriesPerRound: 200 })));`,
      );
      const { stdout } = await promisify(execFile)(process.execPath, [script]);
      const result = JSON.parse(stdout);
      expect(result).toMatchObject({ bench: "intake", detail: { deliveriesPerRound: 200, rounds: 1 } });
      expect(result.ours).toBeGreaterThan(0);
      expect(result.reference).toBeGreaterThan(0);
    },
  );
});
