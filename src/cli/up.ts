import { join } from "node:path";
import type { Logger } from "pino";
import { startFleet } from "../main.ts";
import type { Environment } from "../platform/config/environment.ts";
import { createLogger } from "../platform/logging/create-logger.ts";
import { sampleRepositoryDirectory, sampleRepositoryName } from "../playground/sample/script.ts";
import type { ProcessPart } from "../wiring/process-parts.ts";
import { withModelFile } from "../wiring/with-model-file.ts";
import { holdDataDir } from "./hold-data-dir.ts";
import { startPlaygroundFleet } from "./playground-fleet.ts";
import { printAddresses } from "./print-addresses.ts";
import { untilStopped } from "./until-stopped.ts";

/** `fleet up`: the App on the GitHub of the environment, or the playground where there are no credentials. */
export async function runUp(environment: Environment, parts?: ReadonlySet<ProcessPart>): Promise<void> {
  const asksModels = parts === undefined || parts.has("events") || parts.has("deliberations");
  return asksModels ? withModelFile(environment, (served) => run(served, parts)) : run(environment, parts);
}

async function run(environment: Environment, parts?: ReadonlySet<ProcessPart>): Promise<void> {
  const logger = createLogger(environment.log);
  if (environment.mode === "app" || parts !== undefined) {
    const fleet = await startFleet({ environment, logger, ...(parts === undefined ? {} : { parts }) });
    logger.info({ url: fleet.url, webhooks: fleet.webhookUrl, queue: fleet.queueBackend }, "the fleet is up");
    await untilStopped();
    await fleet.close();
    return;
  }
  const release = await holdDataDir(environment.dataDir, "playground");
  try {
    await play(environment, logger);
  } finally {
    await release();
  }
}

async function play(environment: Environment, logger: Logger): Promise<void> {
  const demo = await startPlaygroundFleet({
    environment,
    directory: join(environment.dataDir, "playground"),
    webPort: environment.http.port,
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    rehearse: true,
    logger,
  });
  await printAddresses(demo, environment, (line) => console.log(line));
  await untilStopped();
  await demo.close();
}
