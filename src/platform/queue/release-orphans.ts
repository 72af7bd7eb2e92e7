import { Valkey } from "iovalkey";

/**
 * Drops all job locks under this prefix, for a process that knows itself alone: whoever held them is dead. The jobs are
 * marked as BullMQ's stalled check marks them, and its next check is due at once, so that the first worker to start runs
 * them again; otherwise each would wait for the lock's time and two checks.
 */
export async function releaseOrphans(socket: string, prefix: string): Promise<void> {
  const client = new Valkey(socket);
  try {
    // A lock is a string; a job whose id is "lock" is a hash of the same ending.
    for await (const locks of scan(client, `${prefix}:*:lock`, "string")) await client.unlink(...locks);
    for await (const lists of scan(client, `${prefix}:*:active`, "list")) {
      for (const list of lists) await markStalled(client, list.slice(0, -"active".length));
    }
  } finally {
    client.disconnect();
  }
}

async function markStalled(client: Valkey, queue: string): Promise<void> {
  const jobs = await client.lrange(`${queue}active`, 0, -1);
  if (jobs.length > 0) await client.sadd(`${queue}stalled`, ...jobs);
  await client.unlink(`${queue}stalled-check`);
}

async function* scan(client: Valkey, match: string, type: string): AsyncGenerator<readonly [string, ...string[]]> {
  for await (const keys of client.scanStream({ match, count: 1_000, type })) {
    const [first, ...rest] = Array.isArray(keys) ? keys.map(String) : [];
    if (first !== undefined) yield [first, ...rest];
  }
}
