import { describe, expect, it } from "vitest";
import { readDemoSummary } from "../../../src/cli/bench/demo-summary.ts";
import { withoutFleetVariables } from "../../../src/cli/bench/fleet-process.ts";
import { parseProcessUsage, readProcessUsage } from "../../../src/cli/bench/process-usage.ts";

const summary = {
  type: "summary",
  story: { id: "1-2", state: "done" },
  tasks: [{}],
  contentWrites: 11,
  contentWritesPerTask: 10,
  ms: 12_000,
  peakMemoryMb: 200,
  queue: "spawned-valkey",
};

describe("the demo's summary", () => {
  it("is the last line of its output", () => {
    const output = `{"type":"event"}\n${JSON.stringify(summary)}\n`;
    expect(readDemoSummary(output)).toMatchObject({ ms: 12_000, contentWritesPerTask: 10, tasks: [{}] });
  });

  it.each(["", "not JSON\n", '{"type":"event"}\n', '{"type":"summary"}\n'])("is missed in %j", (output) => {
    expect(() => readDemoSummary(output)).toThrow("did not end with its summary");
  });
});

describe("a process's use", () => {
  const status = "Name:\tnode\nVmHWM:\t  358400 kB\nVmRSS:\t  204800 kB\n";

  it("is read from /proc, also with a name full of brackets and spaces", () => {
    const stat = "77 (a) name (x)) S 1 77 77 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 11 0 1";
    expect(parseProcessUsage(status, stat)).toEqual({ residentMb: 200, peakMb: 350, cpuTicks: 300 });
  });

  it("is nothing for a process that has ended", async () => {
    expect(parseProcessUsage("Name:\tnode\nState:\tZ (zombie)\n", "77 (node) Z 1")).toBeNull();
    expect(await readProcessUsage(2 ** 30)).toBeNull();
  });

  it.runIf(process.platform === "linux")("of this one is something", async () => {
    const usage = await readProcessUsage(process.pid);
    expect(usage?.residentMb).toBeGreaterThan(10);
    expect(usage?.peakMb).toBeGreaterThanOrEqual(usage?.residentMb ?? Number.POSITIVE_INFINITY);
  });
});

it("a measured process gets nothing of the fleet's from the environment", () => {
  const environment = {
    PATH: "/bin",
    APP_ID: "1",
    NEO4J_URI: "bolt://x",
    VALKEY_URL: "redis://x",
    FLEET_DATA_DIR: "x",
  };
  expect(withoutFleetVariables(environment)).toEqual({ PATH: "/bin" });
});
