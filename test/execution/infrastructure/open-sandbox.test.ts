import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createOffSandbox } from "../../../src/execution/infrastructure/off-sandbox.ts";
import { openSandbox } from "../../../src/execution/infrastructure/open-sandbox.ts";
import { probeSandbox } from "../../../src/execution/infrastructure/probe-sandbox.ts";
import { onlyPrograms } from "../../support/only-programs.ts";
import { bubblewrapMissing } from "./bubblewrap-missing.ts";

const logger = pino({ level: "silent" });

describe("openSandbox", () => {
  it("opens the one that runs nothing", async () => {
    const sandbox = await openSandbox({ choice: "off", logger });
    expect(sandbox).toMatchObject({ kind: "off", protects: [] });
  });

  it("refuses the chosen bubblewrap where there is none, and goes on without it where nothing was chosen", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nonexistent";
    try {
      await expect(openSandbox({ choice: "bubblewrap", logger })).rejects.toMatchObject({
        name: "ConfigurationError",
        message: expect.stringContaining("bubblewrap (bwrap) is not installed"),
      });
      const sandbox = await openSandbox({ choice: undefined, logger });
      expect(sandbox.kind).toBe("off");
      expect(await sandbox.run({ worktree: "/", command: "true" })).toMatchObject({
        endedBy: "refused",
        reason: "no-sandbox: bubblewrap (bwrap) is not installed",
      });
    } finally {
      process.env["PATH"] = path;
    }
  });

  const programs = [
    { program: "prlimit", why: "prlimit (util-linux) is not installed" },
    ...(process.getuid?.() === 0
      ? [
          { program: "setpriv", why: "setpriv (util-linux) is not installed" },
          { program: "chown", why: "chown (coreutils) is not installed" },
        ]
      : []),
  ];
  it.skipIf(bubblewrapMissing).each(programs)("says that $program is missing", async ({ program, why }) => {
    const folder = await mkdtemp(join(tmpdir(), "fleet-path-"));
    const path = process.env["PATH"] ?? "";
    try {
      const others = ["bwrap", "prlimit", "setpriv", "chown"].filter((name) => name !== program);
      process.env["PATH"] = await onlyPrograms(folder, others);
      const sandbox = await openSandbox({ choice: undefined, logger });
      expect(await sandbox.run({ worktree: "/", command: "true" })).toMatchObject({ reason: `no-sandbox: ${why}` });
    } finally {
      process.env["PATH"] = path;
      await rm(folder, { recursive: true });
    }
  });

  it("does not run what lies in a directory that others can write", async () => {
    const cache = await mkdtemp(join(tmpdir(), "fleet-cache-"));
    await chmod(cache, 0o777);
    await expect(openSandbox({ choice: undefined, logger, cache })).rejects.toMatchObject({
      name: "ConfigurationError",
    });
    await rm(cache, { recursive: true });
  });

  it("names what a sandbox does not hold", async () => {
    const { protects, failures } = await probeSandbox({
      ...createOffSandbox("a test"),
      run: (run) => createOffSandbox("a test").run({ ...run, trusted: true }),
    });
    expect(failures).toContain("not held: no network: a server that this machine reaches is not reached");
    expect(failures).toContain("not held: no outside files: one that everybody may read is not there");
    expect(failures).toContain("not held: a bound on processes");
    expect(protects).toContain("its own work tree can be written");
    expect((await probeSandbox(createOffSandbox("a test"))).failures).toEqual(["no-sandbox: a test: "]);
  });

  it.skipIf(bubblewrapMissing)("probes bubblewrap and says what it protects (needs bubblewrap)", async () => {
    const sandbox = await openSandbox({ choice: undefined, logger });
    expect(sandbox.kind).toBe("bubblewrap");
    expect(sandbox.protects).toMatchInlineSnapshot(`
      [
        "no network: a server that this machine reaches is not reached",
        "no outside files: one that everybody may read is not there",
        "no outside environment, also not by /proc",
        "nothing outside its work tree can be written",
        "its own work tree can be written",
        "a bound on processes",
        "a bound on time, after which nothing of it is left",
      ]
    `);
  });
});
