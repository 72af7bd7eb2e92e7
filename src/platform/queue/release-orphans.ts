import { Valkey } from "iovalkey";

/**
 * Drops all job locks under this prefix, for a process that knows itself alone: whoever held them is dead. Its jobs then
 * run again after the next stalled check or two, instead of after the locks' time.
 */
export async function releaseOrphans(socket: string, prefix: string): Promise<void> {
  const client = new Valkey(socket);
  try {
    // A lock is a string; a job whose id is "lock" is a hash of the same ending.
    const scan = client.scanStream({ match: `${prefix}:*:lock`, count: 1_000, type: "string" });
    for await (const keys of scan) {
      if (Array.isArray(keys) && keys.length > 0) {
        await client.unlink(...keys.map(String));
      }
    }
  } finally {
    client.disconnect();
  }
}
