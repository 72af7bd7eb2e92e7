import type { Logger } from "pino";
import type { Cache } from "../platform/cache/cache.ts";
import { createMemoryCache } from "../platform/cache/memory-cache.ts";
import { connectValkeyCache } from "../platform/cache/valkey-cache.ts";
import type { Environment } from "../platform/config/environment.ts";

/** The cache of hot reads and contexts: on the Valkey that the environment names, which processes share; else in this process. */
export function openCache({ valkeyUrl }: Environment, logger: Logger): Cache {
  return valkeyUrl === undefined ? createMemoryCache() : connectValkeyCache({ url: valkeyUrl, logger });
}
