import fc from "fast-check";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cache, Loaded } from "../../../src/platform/cache/cache.ts";
import { createMemoryCache } from "../../../src/platform/cache/memory-cache.ts";
import { connectValkeyCache } from "../../../src/platform/cache/valkey-cache.ts";
import { createWrittenThrough } from "../../../src/platform/cache/written-through.ts";
import { thorough } from "../../support/thorough.ts";

const logger = pino({ level: "silent" });
const valkeyUrl = process.env["FLEET_TEST_VALKEY_URL"];

suite("in process", () => createMemoryCache());
if (valkeyUrl !== undefined) {
  const prefix = `through-${process.pid}-${Date.now()}`;
  suite("Valkey by URL", () => connectValkeyCache({ url: valkeyUrl, logger, prefix }));
}

type Value = { readonly version: number; readonly by: string };
const form = {
  toText: (value: Value) => JSON.stringify(value),
  fromText: (text: string): Value => JSON.parse(text),
};

/** What one of those who write and read at once does: a writer changes the value, and may die before it says so. */
const actor = fc.oneof(
  fc.record({ kind: fc.constant("writer" as const), changes: fc.integer({ min: 1, max: 3 }), dies: fc.boolean() }),
  fc.record({ kind: fc.constant("reader" as const), reads: fc.integer({ min: 1, max: 5 }) }),
);

function suite(name: string, open: () => Cache): void {
  describe(`what is written through a cache: ${name}`, () => {
    // Two connections stand for two processes where the cache is shared; in process there is one.
    let caches: readonly Cache[] = [];
    beforeAll(() => {
      const first = open();
      caches = name === "in process" ? [first, first] : [first, open()];
    });
    afterAll(async () => {
      for (const cache of new Set(caches)) await cache.close();
    });

    let run = 0;
    it("is never older than what was committed when it was asked for, in whatever order things happen", async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), fc.array(actor, { minLength: 2, maxLength: 6 }), async (s, actors) => {
          run += 1;
          const key = `story-${run}`;
          // The graph: one value, whose writers compare the version that they saw.
          let stored: Value | null = null;
          const turn = () => s.schedule(Promise.resolve());
          const load = async (): Promise<Value | null> => {
            await turn();
            const seen = stored;
            await turn();
            return seen;
          };

          async function write(who: string, changes: number, dies: boolean, cache: Cache): Promise<void> {
            const through = createWrittenThrough({ ...form, cache, logger });
            for (let n = 0; n < changes; n += 1) {
              const before = await load();
              const value = { version: (before?.version ?? 0) + 1, by: `${who}-${n}` };
              await through.expect(key, value.version);
              await turn();
              if ((stored?.version ?? 0) !== value.version - 1) continue;
              stored = value;
              await turn();
              if (dies) return;
              await through.committed(key, value);
            }
          }

          async function read(times: number, cache: Cache): Promise<void> {
            const through = createWrittenThrough({ ...form, cache, logger });
            for (let n = 0; n < times; n += 1) {
              await turn();
              const committed = stored?.version ?? 0;
              const value = await through.read(key, load);
              expect(value?.version ?? 0).toBeGreaterThanOrEqual(committed);
            }
          }

          const all = actors.map((each, n) => {
            const cache = caches[n % 2] ?? expect.fail("no cache");
            return each.kind === "writer" ? write(`w${n}`, each.changes, each.dies, cache) : read(each.reads, cache);
          });
          await s.waitFor(Promise.all(all));
          for (const cache of caches) {
            const last = createWrittenThrough({ ...form, cache, logger }).read(key, async () => stored);
            expect(await last).toEqual(stored);
          }
        }),
        { numRuns: thorough ? 2_000 : 150 },
      );
    });
  });
}

describe("a value of another form", () => {
  it("is loaded anew", async () => {
    const cache = createMemoryCache();
    await cache.setIfNewer("k", 1, '{"old":true}', 60_000);
    const through = createWrittenThrough<Value>({ ...form, fromText: () => null, cache, logger });
    expect(await through.read("k", async () => ({ version: 1, by: "graph" }))).toEqual({ version: 1, by: "graph" });
  });
});

describe("a change", () => {
  it("keeps what was committed before it out, from when it is expected", async () => {
    const cache = createMemoryCache();
    const through = createWrittenThrough<Value>({ ...form, cache, logger });
    await through.committed("k", { version: 4, by: "first" });
    await through.expect("k", 5);
    await through.expect("k", 6);
    // The one that committed 5 says so late, when 6 is committed already.
    await through.committed("k", { version: 5, by: "slow" });
    expect(await through.read("k", async () => ({ version: 6, by: "graph" }))).toEqual({ version: 6, by: "graph" });
  });

  it("is made though the cache does not answer, and somebody is told", async () => {
    const away = () => Promise.reject(new Error("Connection is closed."));
    const told: unknown[] = [];
    const cache: Cache = { ...createMemoryCache(), delete: away, setIfNewer: away };
    const through = createWrittenThrough<Value>({ ...form, cache, logger: { warn: (of: unknown) => told.push(of) } });
    await through.expect("k", 1);
    await through.committed("k", { version: 1, by: "w" });
    await through.forget("k");
    expect(told).toEqual(Array.from({ length: 3 }, () => ({ reason: "Connection is closed." })));
  });
});

describe("what there is none of", () => {
  it("is remembered for a while, and a value for longer", async () => {
    const kept: Loaded[] = [];
    const cache: Cache = {
      ...createMemoryCache(),
      async getOrLoad(_, load) {
        const loaded = await load();
        kept.push(loaded);
        return loaded.value;
      },
    };
    const through = createWrittenThrough<Value>({ ...form, cache, logger });
    await through.read("k", async () => null);
    await through.read("k", async () => ({ version: 3, by: "graph" }));
    expect(kept.map(({ version, ttlMs }) => ({ version, ttlMs }))).toEqual([
      { version: -1, ttlMs: 5_000 },
      { version: 3, ttlMs: 60_000 },
    ]);
  });

  it("is looked for once, until it comes", async () => {
    const through = createWrittenThrough<Value>({ ...form, cache: createMemoryCache(), logger });
    let loads = 0;
    const load = async () => {
      loads += 1;
      return null;
    };
    expect([await through.read("k", load), await through.read("k", load), loads]).toEqual([null, null, 1]);
    await through.expect("k", 1);
    await through.committed("k", { version: 1, by: "w" });
    expect(await through.read("k", load)).toEqual({ version: 1, by: "w" });
  });
});
