import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { Environment } from "../../platform/config/environment.ts";
import { runtimeFolder } from "../../wiring/with-model-file.ts";
import { scriptFile } from "../script-file.ts";

/** How often the developer asks a council: a small model is right often enough that this many rounds are rarely needed. */
export const liveRounds = 5;

export const liveNeedsSandbox =
  "--live runs what a model wrote, which needs a sandbox: install bubblewrap (for example apt-get install bubblewrap) and try again.";

/** Of the download and its unpacking, in milliseconds. */
const fetchTimeoutMs = 10 * 60_000;

/**
 * The environment with a model for the kata: the hosts or the file that it names, else a very small model that
 * `scripts/model-file.sh` fetches once into the user's cache.
 * @throws {ConfigurationError} where it cannot be fetched, with what to do
 */
export async function withLiveModel(environment: Environment, say: (line: string) => void): Promise<Environment> {
  const { hosts, file } = environment.models;
  if (hosts.length > 0 || file !== undefined) return environment;
  const folder = join(runtimeFolder(), "models");
  if (!existsSync(folder)) say("Fetching a very small model, once (98 MB) …");
  return { ...environment, models: { ...environment.models, file: await fetchModel(folder) } };
}

/** Runs the script; its last line on standard output is the model's path. */
async function fetchModel(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("bash", [scriptFile("model-file.sh"), "install", folder], {
      timeout: fetchTimeoutMs,
    });
    return stdout.trim().split("\n").at(-1) ?? "";
  } catch (error) {
    throw new ConfigurationError(
      `--live could not fetch its model: ${reasonOf(error)}. It needs bash, Python 3 with pip and the package index; or name a model yourself by FLEET_MODEL_FILE or FLEET_MODEL_HOSTS.`,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it failed";
  const said = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim().split("\n").at(-1) : "";
  return (said || error.message).slice(0, 300);
}
