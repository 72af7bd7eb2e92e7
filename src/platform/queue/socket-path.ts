import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** What the kernel allows for a unix socket's path, in bytes (unix(7): 108 with the closing zero). */
const longestSocketPath = 107;

/**
 * The socket's path for a server whose data lies in that folder (absolute): in the folder itself, or, where that is too
 * long a path, in a folder of this user under the temporary one that is derived from it.
 *
 * @throws {Error} when somebody else made that temporary folder: a socket there would be theirs.
 */
export async function socketPathFor(folder: string): Promise<string> {
  const direct = join(folder, "valkey.sock");
  if (Buffer.byteLength(direct) <= longestSocketPath) {
    return direct;
  }
  const short = join(tmpdir(), `fleet-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`);
  await mkdir(short, { recursive: true, mode: 0o700 });
  const stats = await lstat(short);
  if (!stats.isDirectory() || (process.platform !== "win32" && stats.uid !== userInfo().uid)) {
    throw new Error(`${short} belongs to somebody else; choose a data folder with a shorter path.`);
  }
  return join(short, "valkey.sock");
}
