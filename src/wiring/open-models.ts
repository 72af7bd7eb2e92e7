import type { Logger } from "pino";
import type { Environment } from "../platform/config/environment.ts";
import { createModelHosts } from "../platform/models/create-model-hosts.ts";
import type { ModelHosts } from "../platform/models/model-hosts.ts";

/** One answer of a self-hosted model may take minutes. */
const timeoutMs = 5 * 60_000;
/** vLLM's own `--max-num-seqs` on most hardware; how many a host really takes is found by trying. */
const concurrencyPerHost = 256;

/**
 * The model hosts that the environment names; a pool of none where it names none. A model file is one of them by now: see
 * `withModelFile`.
 */
export function openModels({ models }: Environment, logger: Logger): ModelHosts {
  return createModelHosts({
    hosts: models.hosts,
    ...(models.apiKey === undefined ? {} : { apiKey: models.apiKey }),
    logger,
    timeoutMs,
    concurrencyPerHost,
  });
}
