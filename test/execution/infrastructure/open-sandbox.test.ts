import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { openSandbox } from "../../../src/execution/infrastructure/open-sandbox.ts";
import { bubblewrapMissing } from "./bubblewrap-missing.ts";

const logger = pino({ level: "silent" });

describe("openSandbox", () => {
  it.each(["docker", "kubernetes"] as const)("says that %s is not available yet", async (choice) => {
    await expect(openSandbox({ choice, logger })).rejects.toMatchObject({ name: "ConfigurationError" });
  });

  it("opens the one that runs nothing", async () => {
    const sandbox = await openSandbox({ choice: "off", logger });
    expect(sandbox).toMatchObject({ kind: "off", protects: [] });
  });

  it.skipIf(bubblewrapMissing)("probes bubblewrap and says what it protects (needs bubblewrap)", async () => {
    const sandbox = await openSandbox({ choice: undefined, logger });
    expect(sandbox.kind).toBe("bubblewrap");
    expect(sandbox.protects).toMatchInlineSnapshot(`
      [
        "no network: a server of this machine is not reached",
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
