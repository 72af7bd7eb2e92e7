import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../platform/config/environment.ts";
import { createLogger } from "../platform/logging/create-logger.ts";
import { ensureRuntime } from "../platform/models/embedded/install-runtime.ts";
import { startGgufServer } from "../platform/models/embedded/start-gguf-server.ts";

/**
 * Serves the model file that the environment names, if any, for as long as `run` takes: to everything else it is one more
 * model host.
 * @throws {ConfigurationError} for a file that cannot be used
 */
export async function withModelFile<T>(
  environment: Environment,
  run: (environment: Environment) => Promise<T>,
): Promise<T> {
  const { file, hosts } = environment.models;
  if (file === undefined) return run(environment);
  // Commands that serve a file answer on standard output.
  const logger = createLogger({ ...environment.log, stream: process.stderr });
  const runtime = await ensureRuntime({ cache: runtimeFolder(), logger });
  const server = await startGgufServer(file, runtime);
  try {
    return await run({ ...environment, models: { ...environment.models, hosts: [...hosts, server.url] } });
  } finally {
    await server.close();
  }
}

/** Shared by every fleet of this user: the same for all, and large. */
export function runtimeFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "swe-ai-fleet");
}
