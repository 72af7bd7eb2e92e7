import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { startDeliberations } from "../../src/wiring/start-deliberations.ts";

/** Starts a worker on queues that only note what they are asked for. */
async function started(variables: NodeJS.ProcessEnv) {
  const directory = mkdtempSync(join(tmpdir(), "deliberations-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const workers: unknown[] = [];
  const queues = {
    queue: () => ({}),
    worker: (name: string, _processor: unknown, options: unknown) => {
      workers.push({ name, options });
      return { pause: async () => {} };
    },
  };
  const environment = parseEnvironment({ ...variables, FLEET_SANDBOX: "off", FLEET_DATA_DIR: directory });
  const deliberations = await startDeliberations({
    environment,
    queues: queues as unknown as Parameters<typeof startDeliberations>[0]["queues"],
    logger: pino({ level: "silent" }),
  });
  await deliberations.close();
  return workers;
}

test("a worker has as many councils at work as the operator says, two without a word", async () => {
  expect(await started({})).toEqual([{ name: "deliberations", options: { concurrency: 2 } }]);
  expect(await started({ FLEET_DELIBERATIONS: "64" })).toEqual([
    { name: "deliberations", options: { concurrency: 64 } },
  ]);
});
