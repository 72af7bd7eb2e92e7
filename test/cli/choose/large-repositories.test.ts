import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { chooseExitCodes } from "../../../src/cli/choose/choose-options.ts";
import { bubblewrapMissing } from "../../execution/infrastructure/bubblewrap-missing.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";
import { choose, directory, line, patchOf, removePlaces, right, wrong } from "./a-choice.ts";
import { largeRepository, roomOf, stateOf } from "./large-repository.ts";

afterAll(removePlaces);

const gigabyte = 1_000_000_000;

/** What fills a disk at once: blocks that nobody writes to, and names. */
const floods = {
  "1 GB": `import { execFileSync } from "node:child_process";
for (let at = 0; at < 5; at += 1) execFileSync("fallocate", ["-l", "450M", "full" + at]);`,
  "100,000 files": `import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync("full");
for (let at = 0; at < 60_000; at += 1) writeFileSync("full/" + at, "");`,
} as const;

describe.skipIf(!thorough || bubblewrapMissing)(`fleet choose on a repository of${whyNotThorough}`, () => {
  let place = "";
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(place, { recursive: true, force: true });
  });

  it.each([
    ["1 GB", 8, "let the work tree grow by more than 2048 MiB"],
    ["100,000 files", 4, "made more than 50,000 files"],
  ] as const)("%s", { timeout: 600_000 }, async (kind, gigabytes, limit) => {
    place = roomOf(gigabytes * gigabyte, kind === "100,000 files");
    const repo = await largeRepository(place, kind);
    const before = stateOf(repo);
    const candidates = directory({
      "c1.patch": patchOf("add.js", line, wrong),
      "c2.patch": patchOf("add.js", line, right),
      "floods/add.js": `${right}\n${floods[kind]}\n`,
    });
    vi.stubEnv("TMPDIR", place);
    const { code, report, cell } = await choose({ repo, candidates, timeout: "300" });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report).toMatchObject({ winner: "c2", base: { failing: ["add.test.js > is broken"] } });
    expect(cell("c1", "regressions")).toMatchObject({ status: "failed", failing: ["add.test.js > zero"] });
    expect(cell("floods", "regressions")).toMatchObject({ status: "failed" });
    expect(cell("floods", "regressions")?.detail).toContain(limit);
    expect(stateOf(repo)).toEqual(before);
    const user = process.getuid?.() ?? 0;
    expect(
      readdirSync(place)
        .filter((name) => name !== `fleet-runtime-${user}`)
        .sort(),
    ).toEqual([`fleet-choose-${user}`, "repository.git"]);
    expect(readdirSync(join(place, `fleet-choose-${user}`))).toEqual([]);
  });
});
