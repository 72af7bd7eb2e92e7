import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-bad-"));
  await writeFile(join(directory, "own.md"), "# A story of my own\n\nAs a shop owner I want it so that it is.\n");
  await writeFile(join(directory, "untitled.md"), "As a shop owner I want it so that it is.\n");
});

afterEach(endFleetProcesses);
afterAll(() => rm(directory, { recursive: true, force: true }));

type Refusal = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the message has to name. */
  readonly says: readonly string[];
};

const up = ["up"];
const refusals: readonly Refusal[] = [
  { name: "a malformed VALKEY_URL", args: up, env: { VALKEY_URL: "nonsense" }, says: ["VALKEY_URL", "for example"] },
  {
    name: "the well-known webhook secret",
    args: up,
    env: { APP_ID: "1", PRIVATE_KEY: "x", WEBHOOK_SECRET: "development" },
    says: ["WEBHOOK_SECRET"],
  },
  {
    name: "APP_ID alone",
    args: up,
    env: { APP_ID: "1" },
    says: ["PRIVATE_KEY is missing", "WEBHOOK_SECRET is missing"],
  },
  { name: "a sandbox that is not built in", args: up, env: { FLEET_SANDBOX: "docker" }, says: ["FLEET_SANDBOX"] },
  { name: "a port that is none", args: up, env: { PORT: "abc" }, says: ["PORT", "abc"] },
  { name: "a part that does not exist", args: [...up, "--only", "nonsense"], says: ["nonsense", "deliberations"] },
  { name: "a part without shared engines", args: [...up, "--only", "deliberations"], says: ["VALKEY_URL is missing"] },
  { name: "a story that is not there", args: ["demo", "--story", "missing.md"], says: ["missing.md"] },
  { name: "a story without a title", args: ["demo", "--story", "untitled.md"], says: ["untitled", "# <title>"] },
  { name: "a repository that is not there", args: ["demo", "--repo", "missing"], says: ["missing"] },
  { name: "an own story and no model", args: ["demo", "--story", "own.md"], says: ["FLEET_MODEL_HOSTS is missing"] },
];

describe("a wrong setting ends the start with 78 and one clear message", () => {
  test.each(refusals)("$name", async ({ args, env = {}, says }) => {
    const given = args.map((arg) => (arg.endsWith(".md") ? join(directory, arg) : arg));
    const fleet = startFleetProcess(given, { ...env, FLEET_DATA_DIR: join(directory, "data") });
    await expectEnd(fleet, 78);
    const message = fleet.problems.join("\n");
    for (const text of says) expect(message).toContain(text);
    expect(message).not.toContain("    at ");
    expect(fleet.problems.length).toBeLessThanOrEqual(5);
    expect(fleet.lines.filter((line) => line.includes('"level":60'))).toEqual([]);
  });

  test("a second process on one data directory", async () => {
    const env = { FLEET_DATA_DIR: join(directory, "shared") };
    const first = startFleetProcess(["up"], { ...env, PORT: String(await freePort()) });
    await first.line((line) => line.startsWith("Running until"));
    const second = startFleetProcess(["up"], { ...env, PORT: String(await freePort()) });
    await expectEnd(second, 78);
    expect(second.problems.join("\n")).toContain(join(directory, "shared"));
    expect(second.problems.join("\n")).not.toContain("    at ");
    expect(first.running()).toBe(true);
    expect(await first.end("SIGINT")).toBe(0);
  });

  test("a port that is taken", async () => {
    const taken = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    try {
      const fleet = startFleetProcess(["up"], { PORT: String(port), FLEET_DATA_DIR: join(directory, "taken") });
      await expectEnd(fleet, 78);
      expect(fleet.problems.join("\n")).toContain(`${port}`);
      expect(fleet.problems.join("\n")).toContain("PORT");
      expect(fleet.problems.join("\n")).not.toContain("    at ");
    } finally {
      taken.close();
    }
  });
});
