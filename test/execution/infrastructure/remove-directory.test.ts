import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

const base = mkdtempSync(join(tmpdir(), "fleet-remove-"));
afterAll(() => removeDirectory(base));

describe.each([false, true])("a directory that is said to be large: %s", (large) => {
  it("is removed with paths too long for the kernel, and with folders that are closed", async () => {
    const place = mkdtempSync(join(base, "-d"));
    const name = "x".repeat(200);
    const deep = `for at in $(seq 30); do mkdir ${name} && cd ${name} || exit 1; done; : >file`;
    execFileSync("bash", ["-c", `mkdir closed closed/in && chmod 000 closed && ${deep}`], { cwd: place });
    await removeDirectory(place, { large });
    expect(existsSync(place)).toBe(false);
  });

  it("may be gone already", async () => {
    await removeDirectory(join(base, "absent"), { large });
    expect(existsSync(base)).toBe(true);
  });
});
