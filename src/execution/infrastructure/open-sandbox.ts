import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { Sandbox } from "../application/ports.ts";
import { createBubblewrapSandbox } from "./bubblewrap-sandbox.ts";
import { type KubernetesChoice, openKubernetesSandbox } from "./kubernetes/open-kubernetes-sandbox.ts";
import { createOffSandbox } from "./off-sandbox.ts";
import { probeSandbox } from "./probe-sandbox.ts";

/** `FLEET_SANDBOX` (PRODUCT.md); undefined: the first that works. */
export type SandboxChoice = "bubblewrap" | KubernetesChoice | "off";

/**
 * Opens and probes the sandbox of this machine. Without a choice it is bubblewrap where that holds what it must, else
 * `off`, which runs no untrusted command. Throws `ConfigurationError` when the chosen one does not work here.
 * `cache` (default: a folder of the system's temporary directory) must be open to other users.
 */
export async function openSandbox(options: {
  readonly choice: SandboxChoice | undefined;
  readonly logger: Logger;
  readonly cache?: string;
}): Promise<Sandbox> {
  const { choice, logger } = options;
  if (choice === "off") return createOffSandbox("it is switched off (FLEET_SANDBOX=off)");
  if (typeof choice === "object") return openKubernetesSandbox({ choice, logger });
  const cache = options.cache ?? runtimeCache();
  await mkdir(cache, { recursive: true, mode: 0o755 });
  await refuseForeign(cache);
  const sandbox = await createBubblewrapSandbox({ cache });
  if ("missing" in sandbox) return fallBack(choice, logger, sandbox.missing);
  const { protects, failures } = await probeSandbox(sandbox);
  if (failures.length > 0) return fallBack(choice, logger, `bubblewrap does not work here (${failures.join("; ")})`);
  logger.info({ sandbox: "bubblewrap", protects }, "sandbox probed");
  return { ...sandbox, protects };
}

/** Where copies of what the sandbox's user could not reach are kept. */
export function runtimeCache(): string {
  return join(tmpdir(), `fleet-runtime-${process.getuid?.() ?? 0}`);
}

function fallBack(choice: "bubblewrap" | undefined, logger: Logger, why: string): Sandbox {
  if (choice !== undefined) {
    throw new ConfigurationError(`FLEET_SANDBOX=${choice} cannot be used: ${why}. Install bubblewrap, or use off.`);
  }
  logger.warn({ sandbox: "off", why }, "no sandbox: untrusted code is not run");
  return createOffSandbox(why);
}

/** What lies in the cache is run: nobody else may be able to put something there. */
async function refuseForeign(cache: string): Promise<void> {
  const { uid, mode } = await lstat(cache);
  if (uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0) return;
  throw new ConfigurationError(`The directory ${cache} belongs to or can be written by others; remove it.`);
}
