import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive, ownProcessMark } from "./process-mark.ts";

/**
 * Takes the folder for this process: one holder at a time, across processes. A lock whose holder is dead is taken over.
 *
 * @param waitMs how long to wait for another holder
 * @returns the function that gives it back
 * @throws {Error} when another living process holds it for longer
 */
export async function lockFolder(folder: string, name: string, waitMs: number): Promise<() => Promise<void>> {
  const path = join(folder, `${name}.lock`);
  const deadline = Date.now() + waitMs;
  while (!(await create(path))) {
    const holder = await readFile(path, "utf8").catch(() => undefined);
    if (holder !== undefined && holder !== "" && !isProcessAlive(holder)) {
      await rm(path, { force: true });
      continue;
    }
    if (Date.now() >= deadline) {
      throw new Error(`${folder} is in use by another process (${path} names process ${holder ?? "?"}).`);
    }
    await delay(20);
  }
  return () => rm(path, { force: true });
}

async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, ownProcessMark(), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  }
}
