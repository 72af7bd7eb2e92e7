import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../../../kernel/errors.ts";

export type GgufServer = {
  /** Base URL, like one of `FLEET_MODEL_HOSTS`. */
  readonly url: string;
  close(): Promise<void>;
};

/** Loading some gigabytes from a slow disk takes a while; milliseconds. */
const loadTimeoutMs = 3 * 60_000;

/**
 * Runs a model file in a child process behind the hosts' own protocol, on loopback. The child gets none of this process's
 * environment, and ends with this process, however that ends.
 * @param runtime the module file of the runtime, see `ensureRuntime`
 * @throws {ConfigurationError} for a file that cannot be loaded
 */
export async function startGgufServer(file: string, runtime: string): Promise<GgufServer> {
  const child = spawn(process.execPath, [serverFile(), runtime, file], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {},
  });
  const ended = once(child, "exit");
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => {
    // Drained to the end, or the child would stop at a full pipe; the beginning says why it did not start.
    if (said.length < 20) said.push(line.slice(0, 300));
  });
  const url = await Promise.race([
    addressOf(child),
    ended.then(() => null),
    new Promise<null>((resolve) => setTimeout(resolve, loadTimeoutMs, null).unref()),
  ]);
  if (url === null) {
    child.kill("SIGKILL");
    const why =
      said.find((line) => /error/i.test(line)) ?? said[0] ?? `it was not ready after ${loadTimeoutMs / 1_000} s`;
    throw new ConfigurationError(`FLEET_MODEL_FILE="${file}": the model cannot be loaded (${why.trim()}).`);
  }
  return {
    url,
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** This file runs as it is from the build, and from the sources in tests. */
function serverFile(): string {
  return fileURLToPath(import.meta.url).replace("start-gguf-server", "gguf-server");
}

async function addressOf(child: ChildProcess): Promise<string | null> {
  if (child.stdout === null) return null;
  for await (const line of createInterface(child.stdout)) if (/^http:\/\/127\.0\.0\.1:\d+\/v1$/.test(line)) return line;
  return null;
}
