import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { findProgram } from "../../../src/execution/infrastructure/find-program.ts";
import { giveAway, unprivileged } from "../../../src/execution/infrastructure/give-away.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

const base = mkdtempSync(join(tmpdir(), "fleet-give-"));
afterAll(() => removeDirectory(base));
const { uid, gid } = unprivileged;

describe.skipIf(process.getuid?.() !== 0)("giving a directory away (needs root)", () => {
  let place: string;
  let outside: string;
  beforeEach(() => {
    place = mkdtempSync(join(base, "place-"));
    outside = join(mkdtempSync(join(base, "outside-")), "file");
    mkdirSync(join(place, "deep"));
    writeFileSync(join(place, "deep/-new"), "");
    writeFileSync(join(place, "his"), "");
    chownSync(join(place, "his"), uid, gid);
    writeFileSync(outside, "");
    symlinkSync(outside, join(place, "link"));
  });
  const owner = (path: string) => {
    const found = lstatSync(join(place, path));
    return [found.uid, found.gid];
  };
  const give = async () => giveAway((await findProgram("chown")) ?? "", [place]);

  async function expectGiven(): Promise<void> {
    for (const path of [".", "deep", "deep/-new", "his", "link"])
      expect([path, owner(path)]).toEqual([path, [uid, gid]]);
    expect(lstatSync(outside).uid).toBe(0);
  }

  it("gives all that lies in it, no link's target, and writes nothing to what was his", async () => {
    const { ctimeMs } = lstatSync(join(place, "his"));
    await give();
    await expectGiven();
    expect(lstatSync(join(place, "his")).ctimeMs).toBe(ctimeMs);
    await give();
    expect(lstatSync(join(place, "his")).ctimeMs).toBe(ctimeMs);
  });

  it("does the same where find fails or there is none", async () => {
    const chown = (await findProgram("chown")) ?? "";
    const programs = mkdtempSync(join(base, "programs-"));
    vi.stubEnv("PATH", programs);
    onTestFinished(() => void vi.unstubAllEnvs());
    await giveAway(chown, [place]);
    await expectGiven();
    chownSync(join(place, "deep/-new"), 0, 0);
    writeFileSync(join(programs, "find"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(programs, "find"), 0o755);
    await giveAway(chown, [place]);
    await expectGiven();
  });

  it("says so where nobody can", async () => {
    await expect(giveAway("/no/such/chown", [place])).rejects.toThrow(/no\/such\/chown/);
  });
});
