import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
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
    const holder = await read(path);
    if (holder !== undefined && !isProcessAlive(holder)) {
      await removeDead(path);
      continue;
    }
    if (Date.now() >= deadline) {
      throw new Error(`${folder} is in use by another process (${path} names process ${holder ?? "?"}).`);
    }
    await delay(20);
  }
  return () => rm(path, { force: true });
}

/** Linked, not written, into place: nobody ever sees a lock without its holder. */
async function create(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, ownProcessMark());
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moved aside first: between the look and the removal somebody else may have taken it over, who gets it back. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process was faster
  }
  const holder = await read(aside);
  if (holder !== undefined && isProcessAlive(holder)) {
    await rename(aside, path);
  } else {
    await rm(aside, { force: true });
  }
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
