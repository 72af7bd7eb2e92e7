import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Mount } from "../../application/ports.ts";
import { isOpenToOthers } from "../node-runtime.ts";

const copyTimeoutMs = 10 * 60_000;

/** Shows a directory of this machine at `to`, as it is or as a copy; nothing where it is not there. */
export type Show = (from: string, to: string) => Promise<readonly Mount[]>;

/** What the sandbox's user may not pass to is copied into `cache` once, keyed by place and age. */
export function createShow(cache: string): Show {
  return async (from, to) => {
    const found = await stat(from).catch(() => null);
    if (found === null) return [];
    // Part of /usr, which is shown whole.
    if (to === from && (from === "/usr" || from.startsWith("/usr/"))) return [];
    if (process.getuid?.() !== 0 || (await isOpenToOthers(from))) return [{ from, to }];
    const name = createHash("sha256")
      .update(`${from}\0${await agesIn(from)}`)
      .digest("hex")
      .slice(0, 16);
    const target = join(cache, `toolchain-${name}`);
    if (!(await isThere(join(target, "complete")))) await copy(from, target);
    return [{ from: join(target, "files"), to }];
  };
}

/** What was added or removed changes the time of its folder, however deep that lies; what Python compiles for itself does not count. */
async function agesIn(directory: string): Promise<string> {
  const args = [directory, "-name", "__pycache__", "-prune", "-o", "-type", "d", "-printf", "%T@ %P\\n"];
  return (await promisify(execFile)("find", args, { maxBuffer: 200_000_000, timeout: copyTimeoutMs })).stdout;
}

async function copy(from: string, target: string): Promise<void> {
  const draft = `${target}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o755 });
  const files = join(draft, "files");
  // Hard links take a second where copies of ten thousands of files take a minute; another file system has copies only.
  // Either keeps the times of files, by which Python takes a compiled one for valid.
  await runCp(["-al", from, files]).catch(async () => {
    await rm(files, { recursive: true, force: true });
    await runCp(["-a", from, files]);
  });
  await writeFile(join(draft, "complete"), from);
  await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster: its copy is as good.
    if (!(await isThere(join(target, "complete")))) throw error;
  });
}

async function runCp(args: readonly string[]): Promise<void> {
  await promisify(execFile)("cp", args, { timeout: copyTimeoutMs });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
