import { Valkey } from "iovalkey";
import type { Logger } from "pino";
import { type Cache, type Loaded, tombstoneMs } from "./cache.ts";
import { createSingleFlight } from "./single-flight.ts";

/**
 * An entry is a hash: `v` its version, `d` its value; without `d` it is a tombstone. Each write is one script, which the
 * server runs alone.
 */
const scripts = {
  // ARGV: value, ttl. A version stored before stays.
  set: `redis.call('HSETNX', KEYS[1], 'v', 0)
redis.call('HSET', KEYS[1], 'd', ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
  // ARGV: value, ttl, version
  setIfNewer: `local present = redis.call('HMGET', KEYS[1], 'v', 'd')
local version = tonumber(ARGV[3])
if present[1] then
  local known = tonumber(present[1])
  if version < known or (version == known and present[2]) then return 0 end
end
redis.call('HSET', KEYS[1], 'v', ARGV[3], 'd', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`,
  // ARGV: tombstone's ttl, version; -1 where none is given
  delete: `local present = redis.call('HMGET', KEYS[1], 'v', 'd')
local known = tonumber(present[1] or 0)
local version = tonumber(ARGV[2])
if present[2] and version >= 0 and known >= version then return 0 end
if version > known then redis.call('HSET', KEYS[1], 'v', ARGV[2]) else redis.call('HSETNX', KEYS[1], 'v', 0) end
redis.call('HDEL', KEYS[1], 'd')
return redis.call('PEXPIRE', KEYS[1], ARGV[1])`,
  // ARGV: value, ttl, version. Gives what counts: the value that came meanwhile, or the loaded one.
  keepLoaded: `if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'v', ARGV[3], 'd', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return ARGV[1]
end
return redis.call('HGET', KEYS[1], 'd')`,
} as const;

/** A cache that takes longer than this is no help. */
const commandTimeoutMs = 1_000;

export type ValkeyCacheOptions = {
  /** `redis://…`, `rediss://…`, `valkey://…` or the path of a unix socket. */
  readonly url: string;
  readonly logger: Logger;
  /** Namespace of all keys; default `fleet-cache`. */
  readonly prefix?: string;
};

/** The cache that several processes share. Commands fail within a second while the server is away. */
export function connectValkeyCache(options: ValkeyCacheOptions): Cache {
  const { logger, prefix = "fleet-cache" } = options;
  const client = new Valkey(options.url.replace(/^valkey(s?):/, "redis$1:"), {
    keyPrefix: `${prefix}:`,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), 1_000),
  });
  client.on("error", (err) => logger.debug({ reason: err.message }, "cache connection error"));
  const once = createSingleFlight<string>();

  function run(script: keyof typeof scripts, key: string, ...args: (string | number)[]): Promise<unknown> {
    return client.eval(scripts[script], 1, key, ...args);
  }

  async function get(key: string): Promise<string | undefined> {
    return (await client.hget(key, "d")) ?? undefined;
  }

  /** The cache is a help, not a condition: without it the work is done the long way. */
  async function orElse<T>(help: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await help;
    } catch (error) {
      logger.warn({ reason: error instanceof Error ? error.message : String(error) }, "the cache does not answer");
      return otherwise;
    }
  }

  async function loadAndKeep(key: string, load: () => Promise<Loaded>): Promise<string> {
    const { value, version, ttlMs } = await load();
    const kept = await orElse(run("keepLoaded", key, value, ttlMs, version), value);
    return typeof kept === "string" ? kept : value;
  }

  return {
    get,
    async set(key, value, ttlMs) {
      await run("set", key, value, ttlMs);
    },
    setIfNewer: async (key, version, value, ttlMs) => (await run("setIfNewer", key, value, ttlMs, version)) === 1,
    async delete(key, version = -1) {
      await run("delete", key, tombstoneMs, version);
    },
    async getOrLoad(key, load) {
      const [version, value] = await orElse(client.hmget(key, "v", "d"), []);
      if (value != null) return value;
      return version == null ? once(key, () => loadAndKeep(key, load)) : loadAndKeep(key, load);
    },
    async ping() {
      await client.ping();
    },
    async close() {
      client.disconnect();
    },
  };
}
