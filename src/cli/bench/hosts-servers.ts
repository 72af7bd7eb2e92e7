import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Model servers of a bench. */
export type BenchServers = {
  readonly urls: readonly string[];
  /** Ends one at once, as a machine that goes down. */
  kill(url: string): void;
  close(): void;
};

/** Starts `count` model servers that work on `slots` sequences at once, a token of each in `stepMs` milliseconds. */
export type StartServers = (count: number, slots: number, stepMs: number) => Promise<BenchServers>;

/** Simulated model servers, each in a process of its own. */
export const startSimulatedServers: StartServers = async (count, slots, stepMs) => {
  const servers = new Map<string, ChildProcess>();
  const close = (): void => {
    for (const server of servers.values()) server.kill();
  };
  try {
    for (let n = 0; n < count; n++) {
      const server = fork(serverFile(), [String(slots), String(stepMs)], { silent: true });
      server.stderr?.pipe(process.stderr);
      servers.set(`starting ${n}`, server);
      const url = await firstLine(server);
      servers.delete(`starting ${n}`);
      servers.set(url, server);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { urls: [...servers.keys()], kill: (url) => void servers.get(url)?.kill("SIGKILL"), close };
};

/** Beside this file, with the same ending: compiled, both are .js. */
function serverFile(): string {
  return fileURLToPath(import.meta.url).replace("hosts-servers", "hosts-bench-server");
}

async function firstLine(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error("The bench's server has no output.");
  const [data]: unknown[] = await Promise.race([once(server.stdout, "data"), once(server, "exit")]);
  if (!Buffer.isBuffer(data)) throw new Error("The bench's server ended before it was ready.");
  return data.toString().trim();
}
