import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The user that commands run as when this process is root: a process limit never binds root (ENGINES.md). */
export const unprivileged = { uid: 65534, gid: 65534 };

/** Makes directories and all that lies in them the sandbox user's own; `chown` is that program's path. */
export async function giveAway(chown: string, paths: readonly string[]): Promise<void> {
  const owner = `${unprivileged.uid}:${unprivileged.gid}`;
  await promisify(execFile)(chown, ["-R", "-h", owner, "--", ...paths], { env: {} });
}
