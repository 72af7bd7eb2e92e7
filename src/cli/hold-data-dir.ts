import { mkdir } from "node:fs/promises";
import { ConfigurationError } from "../kernel/errors.ts";
import { lockFolder } from "../platform/queue/folder-lock.ts";

/**
 * Keeps a data directory to this process: two local GitHubs on one journal would destroy it. `what` is what runs in it,
 * e.g. `playground`. Returns what gives it back; a killed holder's lock is taken over.
 *
 * @throws ConfigurationError when another process holds it, or it cannot be written.
 */
export async function holdDataDir(dataDir: string, what: string): Promise<() => Promise<void>> {
  try {
    await mkdir(dataDir, { recursive: true });
    return await lockFolder(dataDir, what, 0);
  } catch (error) {
    throw new ConfigurationError(
      `FLEET_DATA_DIR=${dataDir} cannot be used for the ${what}: ${error instanceof Error ? error.message : "unknown"}. Stop the other process, or choose another directory, for example FLEET_DATA_DIR=.fleet-2`,
      { cause: error },
    );
  }
}
