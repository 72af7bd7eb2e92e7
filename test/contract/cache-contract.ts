import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cache } from "../../src/platform/cache/cache.ts";
import { gate } from "./gate.ts";

const minute = 60_000;
const loaded = (value: string, version = 0) => ({ value, version, ttlMs: minute });

/** The contract of the cache port. */
export function cacheContract(name: string, open: () => Promise<Cache>): void {
  describe(`cache contract: ${name}`, () => {
    let cache: Cache;
    let key = "";
    let count = 0;

    beforeAll(async () => {
      cache = await open();
    });
    afterAll(async () => {
      await cache.close();
    });
    beforeEach(() => {
      count += 1;
      key = `key:${count}`;
    });

    it("answers a ping", async () => {
      await expect(cache.ping()).resolves.toBeUndefined();
    });

    it("has what was set, and nothing else", async () => {
      expect(await cache.get(key)).toBeUndefined();
      await cache.set(key, "värde\u0000\n", minute);
      expect(await cache.get(key)).toBe("värde\u0000\n");
      await cache.set(key, "", minute);
      expect(await cache.get(key)).toBe("");
      expect(await cache.get(`${key}0`)).toBeUndefined();
    });

    it("forgets after the time given", async () => {
      await cache.set(key, "short", 60);
      await cache.setIfNewer(`${key}v`, 3, "short", 60);
      expect(await cache.get(key)).toBe("short");
      await expect.poll(() => cache.get(key)).toBeUndefined();
      await expect.poll(() => cache.get(`${key}v`)).toBeUndefined();
      expect(await cache.setIfNewer(`${key}v`, 1, "anew", minute)).toBe(true);
    });

    it("stores newer versions only", async () => {
      expect(await cache.setIfNewer(key, 2, "two", minute)).toBe(true);
      expect(await cache.setIfNewer(key, 1, "one", minute)).toBe(false);
      expect(await cache.setIfNewer(key, 2, "two again", minute)).toBe(false);
      expect(await cache.get(key)).toBe("two");
      expect(await cache.setIfNewer(key, 10, "ten", minute)).toBe(true);
      expect(await cache.get(key)).toBe("ten");
    });

    it("keeps the version through a plain set", async () => {
      await cache.setIfNewer(key, 5, "five", minute);
      await cache.set(key, "patched", minute);
      expect(await cache.setIfNewer(key, 5, "five", minute)).toBe(false);
      expect(await cache.get(key)).toBe("patched");
    });

    it("takes a deleted key's own version back, but none before it", async () => {
      await cache.setIfNewer(key, 5, "five", minute);
      await cache.delete(key);
      expect(await cache.get(key)).toBeUndefined();
      expect(await cache.setIfNewer(key, 4, "four", minute)).toBe(false);
      expect(await cache.get(key)).toBeUndefined();
      expect(await cache.setIfNewer(key, 5, "five", minute)).toBe(true);
      expect(await cache.get(key)).toBe("five");
    });

    it("ends with the newest version, in whatever order writers come", async () => {
      const versions = fc.array(fc.integer({ min: 1, max: 9_007_199_254_740_991 }), { minLength: 1, maxLength: 20 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(versions, async (all) => {
          run += 1;
          const own = `${key}-${run}`;
          await Promise.all(all.map((version) => cache.setIfNewer(own, version, String(version), minute)));
          expect(await cache.get(own)).toBe(String(Math.max(...all)));
        }),
        { numRuns: 50 },
      );
    });

    it("loads what is missing, once for all who ask at the same time", async () => {
      let loads = 0;
      const end = gate();
      const load = async () => {
        loads += 1;
        await end.opened;
        return loaded(`loaded ${loads}`);
      };
      const asked = Promise.all(Array.from({ length: 20 }, () => cache.getOrLoad(key, load)));
      await expect.poll(() => loads).toBe(1);
      end.open();
      expect(new Set(await asked)).toEqual(new Set(["loaded 1"]));
      expect(await cache.get(key)).toBe("loaded 1");
      expect(await cache.getOrLoad(key, load)).toBe("loaded 1");
    });

    it("loads again what a load failed to give", async () => {
      await expect(cache.getOrLoad(key, () => Promise.reject(new Error("no graph")))).rejects.toThrow("no graph");
      expect(await cache.getOrLoad(key, async () => loaded("second"))).toBe("second");
    });

    it("keeps what was written while a load ran", async () => {
      const end = gate();
      const loading = cache.getOrLoad(key, async () => {
        await end.opened;
        return loaded("stale");
      });
      await cache.setIfNewer(key, 7, "fresh", minute);
      end.open();
      expect(await loading).toBe("fresh");
      expect(await cache.get(key)).toBe("fresh");
    });

    it("does not bring back what was deleted while a load ran", async () => {
      const began = gate();
      const end = gate();
      const loading = cache.getOrLoad(key, async () => {
        began.open();
        await end.opened;
        return loaded("stale");
      });
      await began.opened;
      await cache.delete(key);
      // Nobody joins the load that began before.
      expect(await cache.getOrLoad(key, async () => loaded("from the graph now"))).toBe("from the graph now");
      end.open();
      expect(await loading).toBe("stale");
      expect(await cache.get(key)).toBeUndefined();
    });

    it("keeps a loaded value's version", async () => {
      await cache.getOrLoad(key, async () => loaded("six", 6));
      expect(await cache.setIfNewer(key, 5, "five", minute)).toBe(false);
      expect(await cache.setIfNewer(key, 7, "seven", minute)).toBe(true);
    });

    it("makes way for a version that is about to come, and only for that", async () => {
      await cache.setIfNewer(key, 5, "five", minute);
      await cache.delete(key, 5);
      expect(await cache.get(key)).toBe("five");
      await cache.delete(key, 6);
      expect(await cache.get(key)).toBeUndefined();
      expect(await cache.setIfNewer(key, 5, "five", minute)).toBe(false);
      expect(await cache.setIfNewer(key, 6, "six", minute)).toBe(true);
      expect(await cache.get(key)).toBe("six");
    });
  });
}
