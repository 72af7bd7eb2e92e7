import type { Logger } from "pino";
import type { ModelHosts } from "../platform/models/model-hosts.ts";

/** Each is two requests to every host that serves it, and some hosts load a model for that: gateways list hundreds. */
const probedModels = 4;

/**
 * Finds out what the model hosts serve and can do, and says so in the log; a host then is asked in its own way from the
 * first council on. Ends when the signal is aborted; what fails stays to be found out by use.
 */
export async function describeModels(models: ModelHosts, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    const served = new Set((await models.discover()).map(({ model }) => model));
    for (const model of [...served].slice(0, probedModels)) {
      for (const found of await models.capabilities(model, signal)) logger.info({ model, ...found }, "model host");
    }
  } catch (error) {
    if (signal.aborted) return;
    logger.warn({ err: error }, "could not find out what the model hosts can do");
  }
}
