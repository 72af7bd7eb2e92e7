import { Valkey } from "iovalkey";
import { defaultPrefix } from "../../src/platform/queue/connect-valkey-queues.ts";
import { jobId } from "../../src/platform/queue/job-id.ts";

/** The queues on this Valkey that hold jobs which failed for good. */
export function queuesWithFailedJobs(url: string): Promise<readonly string[]> {
  return asked(url, (client) => client.keys(`${defaultPrefix}:*:failed`));
}

/** Those of these ids that have no job in the queue, done or to be done. */
export function withoutJob(url: string, queue: string, ids: readonly string[]): Promise<readonly string[]> {
  return asked(url, async (client) => {
    const there = await Promise.all(ids.map((id) => client.exists(`${defaultPrefix}:${queue}:${jobId(id)}`)));
    return ids.filter((_, index) => there[index] === 0);
  });
}

async function asked<T>(url: string, ask: (client: Valkey) => Promise<T>): Promise<T> {
  const client = new Valkey(url);
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}
