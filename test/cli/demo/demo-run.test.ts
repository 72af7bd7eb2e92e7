import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openActsDone } from "../../../src/cli/demo/acts-done.ts";
import { openDemoRun } from "../../../src/cli/demo/demo-run.ts";
import { freePort } from "../../../src/cli/free-port.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-run-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const wanted = { title: "Limit bookings", repository: "slots" };
let port = 4_000;
const nextPort = () => Promise.resolve(port++);

test("a run that was not finished goes on, on the same port and with its files", async () => {
  const first = await openDemoRun(directory, wanted, nextPort);
  await writeFile(join(directory, "kept"), "");
  const second = await openDemoRun(directory, wanted, nextPort);
  expect([first.resumed, second.resumed, second.webPort]).toEqual([false, true, first.webPort]);
  expect(existsSync(join(directory, "kept"))).toBe(true);
});

test.each([["another story", { ...wanted, title: "Sort slots" }] as const, ["the same, finished", wanted] as const])(
  "%s begins afresh",
  async (_, next) => {
    const first = await openDemoRun(directory, wanted, nextPort);
    if (next === wanted) first.finish();
    await writeFile(join(directory, "old"), "");
    const second = await openDemoRun(directory, next, nextPort);
    expect([second.resumed, existsSync(join(directory, "old"))]).toEqual([false, false]);
  },
);

test("what was done is remembered over a restart", () => {
  const file = join(directory, "acts.json");
  openActsDone(file).add("submit");
  const again = openActsDone(file);
  expect([again.has("submit"), again.has("approve")]).toEqual([true, false]);
});

test("a free port is one that can be listened on", async () => {
  expect(await freePort()).toBeGreaterThan(1_023);
});
