import type { Logger } from "pino";
import { ConfigurationError } from "../kernel/errors.ts";
import type { Environment } from "../platform/config/environment.ts";
import { createModelHosts } from "../platform/models/create-model-hosts.ts";
import type { ModelHosts } from "../platform/models/model-hosts.ts";

/** One answer of a self-hosted model may take minutes. */
const timeoutMs = 5 * 60_000;
/** vLLM's own `--max-num-seqs` on most hardware; how many a host really takes is found by trying. */
const concurrencyPerHost = 256;

/**
 * The model hosts that the environment names; a pool of none where it names none.
 * @throws ConfigurationError for a model file: running one in process is not there yet, and silence would look like it.
 */
export function openModels({ models }: Environment, logger: Logger): ModelHosts {
  if (models.file !== undefined) {
    throw new ConfigurationError(
      "FLEET_MODEL_FILE cannot be used yet: serve the file by a model host and name that, for example FLEET_MODEL_HOSTS=http://127.0.0.1:8000/v1",
    );
  }
  return createModelHosts({
    hosts: models.hosts,
    ...(models.apiKey === undefined ? {} : { apiKey: models.apiKey }),
    logger,
    timeoutMs,
    concurrencyPerHost,
  });
}
