import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConfigurationError } from "../../src/kernel/errors.ts";
import { checkReadiness, type Probe } from "../../src/monitoring/application/check-readiness.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { openGraph } from "../../src/wiring/open-graph.ts";
import { openModels } from "../../src/wiring/open-models.ts";

const logger = pino({ level: "silent" });
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-engines-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("the embedded graph opens in the data directory, and its probe turns green", async () => {
  const probes: Probe[] = [];
  const graph = await openGraph(parseEnvironment({ FLEET_DATA_DIR: join(directory, "new") }), logger, probes);
  expect(await checkReadiness(probes, 1_000)).toMatchObject({ ready: true, components: [{ name: "graph" }] });
  await graph.close();
});

test("a graph that is in use is a wrong setting, not something to wait for", async () => {
  const environment = parseEnvironment({ FLEET_DATA_DIR: directory });
  const graph = await openGraph(environment, logger, []);
  await expect(openGraph(environment, logger, [])).rejects.toThrow(ConfigurationError);
  await graph.close();
});

test("a Neo4j that is away is waited for, with a red probe that says why", async () => {
  const probes: Probe[] = [];
  const environment = parseEnvironment({ NEO4J_URI: `bolt://127.0.0.1:${await closedPort()}` });
  const warned = vi.spyOn(logger, "warn");
  const opening = openGraph(environment, logger, probes);
  const settled = vi.fn();
  opening.then(settled, settled);
  await vi.waitFor(() => expect(warned).toHaveBeenCalled(), { timeout: 20_000 });
  const { ready, components } = await checkReadiness(probes, 1_000);
  expect([ready, components[0]?.name, settled.mock.calls.length]).toEqual([false, "graph", 0]);
  expect(components[0]?.why).not.toBe("");
});

test("without hosts there are no models", async () => {
  expect(await openModels(parseEnvironment({}), logger).discover()).toEqual([]);
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
}
