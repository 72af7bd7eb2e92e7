import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Valkey } from "iovalkey";
import { vi } from "vitest";
import { findValkeyServer } from "../../src/platform/queue/find-valkey-server.ts";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);
const scripts = join(import.meta.dirname, "..", "..", "scripts");

/** A server of one test's own, which may be killed: those of FLEET_TEST_… are shared with tests that run beside it. */
export type OwnEngine = {
  /** Its address, the same after every start. */
  readonly url: string;
  start(): Promise<void>;
  /** Ends it by SIGKILL, if it runs, and waits until it is gone. */
  kill(): Promise<void>;
};

/** Why tests with own engines are skipped, for their name; null where they can run. */
export async function whyNoOwnEngines(): Promise<string | null> {
  if ((await findValkeyServer()) === undefined) return "no valkey-server or redis-server on PATH";
  return process.env["NEO4J_LIB"] ? null : "NEO4J_LIB is not set; npm test sets it where Neo4j was found";
}

/** A Valkey with its data in `directory`. */
export async function startOwnValkey(directory: string): Promise<OwnEngine> {
  const url = join(directory, "valkey.sock");
  const start = async () => {
    await run("bash", [join(scripts, "valkey.sh"), "start", directory]);
  };
  const kill = async () => end(await valkeyProcess(url));
  await start();
  return { url, start, kill };
}

/** A Neo4j with its data in `directory`: without sign-in, and smaller than the script's own. */
export async function startOwnNeo4j(directory: string): Promise<OwnEngine> {
  const port = await freePort();
  const env = { ...process.env, NEO4J_HEAP: "256m", NEO4J_PAGECACHE: "64m" };
  const start = async () => {
    await run("bash", [join(scripts, "neo4j.sh"), "start", directory, String(port)], { env });
  };
  const kill = async () => {
    const id = await readFile(join(directory, "neo4j.pid"), "utf8").catch(() => "");
    await end(Number(id));
  };
  await start();
  return { url: `bolt://127.0.0.1:${port}`, start, kill };
}

/** The server's process id, asked of itself; 0 when it does not answer. */
async function valkeyProcess(socket: string): Promise<number> {
  const client = new Valkey(socket, { lazyConnect: true, retryStrategy: () => null });
  try {
    await client.connect();
    return Number(/^process_id:(\d+)/m.exec(await client.info("server"))?.[1] ?? 0);
  } catch {
    return 0;
  } finally {
    client.disconnect();
  }
}

async function end(id: number): Promise<void> {
  if (id === 0 || !isAlive(id)) return;
  process.kill(id, "SIGKILL");
  await vi.waitUntil(() => !isAlive(id), { timeout: 30_000, interval: 5 });
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
