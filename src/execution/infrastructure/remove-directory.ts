import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * Removes a directory that untrusted code has written: also with paths longer than the kernel takes at once (which
 * Node's own `rm` fails at) and with directories that were closed to their owner.
 */
export async function removeDirectory(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
  } catch {
    const env = { PATH: process.env["PATH"] ?? "" };
    const run = promisify(execFile);
    // It fails where something vanishes while it walks; whether the directory is gone in the end is for `rm` to say.
    await run("chmod", ["-R", "u+rwX", "--", directory], { env }).catch(() => undefined);
    await run("rm", ["-rf", "--", directory], { env });
  }
}
