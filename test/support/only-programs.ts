import { spawnSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";

/** A folder for PATH, made in `directory`: nothing but these programs, as far as this machine has them. */
export async function onlyPrograms(directory: string, programs: readonly string[]): Promise<string> {
  const folder = join(directory, "bin");
  await mkdir(folder, { recursive: true });
  for (const program of programs) {
    const { stdout, status } = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
    if (status === 0) await symlink(stdout.trim(), join(folder, program));
  }
  return folder;
}
