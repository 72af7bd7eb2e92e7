import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Logger } from "pino";
import { ConfigurationError } from "../../../kernel/errors.ts";

const version = "3.22.1";

/** The prebuilt parts for processors only: those for graphics cards weigh several hundred megabytes. */
const prebuilt: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "mac-x64",
  "darwin-arm64": "mac-arm64-metal",
  "win32-x64": "win-x64",
};

const installTimeoutMs = 5 * 60_000;

export type InstallRuntime = {
  /** Where installed versions are kept. */
  readonly cache: string;
  readonly logger: Logger;
};

/**
 * Installs node-llama-cpp by npm where it is not there yet, outside the project, since only those who name a model file need
 * its 85 MB. No package's install script runs. Answers with the module file to load.
 * @throws {ConfigurationError} where there is no build for this machine, or npm cannot install it
 */
export async function ensureRuntime({ cache, logger }: InstallRuntime): Promise<string> {
  const machine = `${process.platform}-${process.arch}`;
  const build = prebuilt[machine];
  if (build === undefined) {
    throw new ConfigurationError(
      `FLEET_MODEL_FILE cannot be used on ${machine}: the runtime has no build for it. Name a model host by FLEET_MODEL_HOSTS instead.`,
    );
  }
  const target = join(cache, `llama-${version}-${build}`);
  const module = join(target, "node_modules/node-llama-cpp/dist/index.js");
  if (await isThere(module)) return module;
  logger.info({ version, build }, "installing the runtime for model files, once");
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, ".llama-"));
  try {
    await writeFile(join(draft, "package.json"), '{ "private": true }\n');
    await install(draft, [`node-llama-cpp@${version}`, `@node-llama-cpp/${build}@${version}`]);
    await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster: its installation is as good.
      if (!(await isThere(module))) throw error;
    });
    return module;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function install(directory: string, packages: readonly string[]): Promise<void> {
  const options = ["--omit=optional", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"];
  try {
    await promisify(execFile)("npm", ["install", ...options, "--loglevel=error", ...packages], {
      cwd: directory,
      timeout: installTimeoutMs,
    });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[1] ?? error.message) : "it failed";
    throw new ConfigurationError(
      `FLEET_MODEL_FILE needs node-llama-cpp ${version}, which npm could not install: ${why.slice(0, 300)}. Mend that, or name a model host by FLEET_MODEL_HOSTS instead.`,
    );
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
