import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDeliberation } from "../../src/deliberation/application/run-deliberation.ts";
import { createModelHosts } from "../../src/platform/models/create-model-hosts.ts";
import { ensureRuntime } from "../../src/platform/models/embedded/install-runtime.ts";
import type { ModelHosts } from "../../src/platform/models/model-hosts.ts";
import { runtimeFolder } from "../../src/wiring/with-model-file.ts";
import { collector, jobOf, members, realPrompting, silent, story, task } from "./council-of.ts";
import { memoryBench, result } from "./memory-bench.ts";

const file = process.env["FLEET_TEST_MODEL_FILE"] ?? "";

/** As `npm test` builds it: this Node may not run the sources. */
const program = join(import.meta.dirname, "../../dist/src/platform/models/embedded/gguf-server.js");

type Server = { readonly url: string; readonly process: ChildProcess };

async function start(runtime: string): Promise<Server> {
  const child = spawn(process.execPath, [program, runtime, file], { stdio: ["pipe", "pipe", "ignore"], env: {} });
  for await (const url of createInterface(child.stdout)) if (url.startsWith("http://")) return { url, process: child };
  throw new Error("A model server ended before it was ready.");
}

const files = {
  "src/larger.js": 'export function larger(a, b) {\n  throw new Error("not written yet");\n}\n',
  "test/named-larger.test.js": "accept",
  "package.json": "{}",
};

describe.skipIf(file === "")("three real model servers (needs FLEET_TEST_MODEL_FILE)", () => {
  let servers: readonly Server[] = [];
  let pool: ModelHosts;

  beforeAll(async () => {
    const runtime = await ensureRuntime({ cache: runtimeFolder(), logger: silent });
    servers = await Promise.all([1, 2, 3].map(() => start(runtime)));
    const hosts = servers.map(({ url }) => url);
    pool = createModelHosts({ hosts, logger: silent, timeoutMs: 120_000, concurrencyPerHost: 8 });
  });
  afterAll(() => {
    for (const server of servers) server.process.kill("SIGKILL");
  });

  /** One council of three on one small task of its own. */
  async function council(number: number, model: string) {
    const reports = collector();
    const bench = memoryBench({ base: files }, (seen) => [
      result("test/named-larger.test.js > larger", seen.get("src/larger.js")?.includes("Math.max") ? "pass" : "fail"),
    ]);
    const deps = { models: pool, ...bench, prompting: await realPrompting(), validatePlan: () => [], clock: Date.now };
    const about = `7-12-p1-t${number}`;
    const job = await jobOf(
      {
        deliberationId: `${about}-r1`,
        subject: { installation: number, repository: 7, story: "7-12", task: about },
        story: {
          ...story,
          criteria: [{ number: 1, text: "Given 2 and 7, the answer is 7, as test/named-larger.test.js says." }],
        },
        task: {
          ...task,
          id: about,
          title: "Return the larger of two numbers by Math.max",
          description: "",
          covers: [1],
        },
        source: { mirror: "m", baseSha: "base", startSha: "base" },
        members: members(servers[0]?.url ?? "", [model, model, model]),
      },
      files,
    );
    const signal = new AbortController().signal;
    await runDeliberation(deps, job, { signal, saved: null, save: async () => {}, report: reports.report });
    return reports.implementation();
  }

  it("of which one is killed in the middle of an answer make no deliberation fail", async () => {
    const [{ model } = expect.fail("no model is served")] = await pool.discover();
    const councils = [1, 2, 3].map((number) => council(number, model));
    const isWorking = () => pool.hosts().findIndex(({ running }) => running > 0);
    await expect.poll(isWorking, { interval: 5 }).toBeGreaterThanOrEqual(0);
    const victim = servers[isWorking()] ?? expect.fail("no host works any more");
    victim.process.kill("SIGKILL");
    const outcomes = await Promise.all(councils);
    expect(outcomes.map(({ abstained, candidates }) => [abstained, candidates.length])).toEqual([
      [[], 3],
      [[], 3],
      [[], 3],
    ]);
    const ofVictim = pool.usage().filter(({ host }) => host === victim.url);
    expect(ofVictim.some(({ failures }) => (failures.unavailable ?? 0) > 0)).toBe(true);
    const others = pool.usage().filter(({ host }) => host !== victim.url);
    expect(others.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(0);
  });
});
