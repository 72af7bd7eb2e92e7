import { expect, it } from "vitest";
import type { Cache } from "../../src/platform/cache/cache.ts";
import { createMemoryCache } from "../../src/platform/cache/memory-cache.ts";
import { rememberBuilt } from "../../src/wiring/remember-built.ts";

type Text = { readonly text: string };

const of = (role: string, title = "Round totals") => ({ role, facts: { title }, commit: "c".repeat(40) });
const toText = (value: Text): string => JSON.stringify(value);
const fromText = (text: string): Text | null => (text.startsWith("{") ? JSON.parse(text) : null);
const heard: unknown[] = [];
const logger = { warn: (told: unknown) => void heard.push(told) };

function remembering(cache: Cache = createMemoryCache()) {
  return rememberBuilt<Text>({ cache, logger, kind: "context", toText, fromText });
}

function counted() {
  let built = 0;
  return async () => {
    built += 1;
    return { text: `built ${built}` };
  };
}

it("builds once of the same, for all who ask at once, too, and anew of anything else", async () => {
  const remember = remembering();
  const build = counted();
  const first = await Promise.all([remember(of("developer"), build), remember(of("developer"), build)]);
  expect(first.map(({ text }) => text)).toEqual(["built 1", "built 1"]);
  expect(await remember(of("developer"), build)).toEqual({ text: "built 1" });
  expect(await remember(of("qa"), build)).toEqual({ text: "built 2" });
  expect(await remember(of("developer", "Round totals up"), build)).toEqual({ text: "built 3" });
});

it("keeps no failure, and nothing that may come out better", async () => {
  const remember = remembering();
  const isWorthIt = ({ text }: Text) => text !== "built 1";
  const build = counted();
  await expect(remember(of("developer"), () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await remember(of("developer"), build, isWorthIt)).toEqual({ text: "built 1" });
  expect(await remember(of("developer"), build, isWorthIt)).toEqual({ text: "built 2" });
  expect(await remember(of("developer"), build, isWorthIt)).toEqual({ text: "built 2" });
});

it("shares what is kept with other processes, under keys that name the role", async () => {
  const cache = createMemoryCache();
  const keys: string[] = [];
  const watched: Cache = {
    ...cache,
    get(key) {
      keys.push(key);
      return cache.get(key);
    },
  };
  const build = counted();
  await remembering(watched)(of("developer"), build);
  expect(await remembering(watched)(of("developer"), build)).toEqual({ text: "built 1" });
  expect(keys[1]).toBe(keys[0]);
  expect(keys[0]).toMatch(/^context\/developer\//);
});

it("builds what is kept in another version's form", async () => {
  const cache = createMemoryCache();
  const old = rememberBuilt<Text>({ cache, logger, kind: "context", toText: () => "of old", fromText });
  await old(of("developer"), counted());
  expect(await remembering(cache)(of("developer"), async () => ({ text: "new" }))).toEqual({ text: "new" });
});

it("builds where the cache does not answer, and says so", async () => {
  heard.length = 0;
  const away = () => Promise.reject(new Error("Connection is closed."));
  const remember = remembering({ ...createMemoryCache(), get: away, set: away });
  expect(await remember(of("developer"), counted())).toEqual({ text: "built 1" });
  expect(heard).toEqual([{ reason: "Connection is closed." }, { reason: "Connection is closed." }]);
});
