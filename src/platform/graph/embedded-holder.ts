import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";

const holder = z.object({ pid: z.int(), host: z.string(), since: z.string() });

/** The file beside the graph that says who has it open. It only informs: the engine's own file lock decides. */
function holderPath(path: string): string {
  return `${path}.holder`;
}

/** Writes this process down as the one that has the graph at `path` open. */
export async function writeHolder(path: string): Promise<void> {
  const content = { pid: process.pid, host: hostname(), since: new Date().toISOString() } satisfies z.infer<
    typeof holder
  >;
  await writeFile(holderPath(path), `${JSON.stringify(content)}\n`);
}

/** Takes the note away again. */
export async function removeHolder(path: string): Promise<void> {
  await rm(holderPath(path), { force: true });
}

/** Who has the graph open, as a text: `process 12 on host-a since …`, or `another process` when nobody wrote it down. */
export async function describeHolder(path: string): Promise<string> {
  try {
    const { pid, host, since } = holder.parse(JSON.parse(await readFile(holderPath(path), "utf8")));
    return `process ${pid} on ${host} since ${since}`;
  } catch {
    return "another process";
  }
}
