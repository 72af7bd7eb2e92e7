import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  createRepositoryConfigurations,
  type GoodConfiguration,
} from "../../../src/github/configuration/repository-configuration.ts";
import { RetryableError } from "../../../src/kernel/errors.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

const shop = { owner: "acme", repo: "shop", path: ".github/fleet.yml", message: "Configure" };
let world: LocalWorld;
let now: number;
let stored: Map<number, GoodConfiguration>;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  now = 0;
  stored = new Map();
});

function configurations(octokitFor = world.octokitFor) {
  const store = {
    load: async (repository: number) => stored.get(repository) ?? null,
    save: async (repository: number, good: GoodConfiguration | null) => {
      if (good === null) stored.delete(repository);
      else stored.set(repository, good);
    },
  };
  return createRepositoryConfigurations({ octokitFor, store, log: world.log, clock: () => now, ttlMs: 1000 });
}

async function put(text: string): Promise<void> {
  const olga = world.as("olga");
  const current = await olga.rest.repos.getContent(shop).catch(() => null);
  const sha = current !== null && "sha" in current.data ? { sha: current.data.sha } : {};
  await olga.rest.repos.createOrUpdateFileContents({ ...shop, content: Buffer.from(text).toString("base64"), ...sha });
}

describe("the configuration of a repository", () => {
  test("is the default without a file, then the file's, and the last good one when the file breaks", async () => {
    const first = configurations();
    expect(await first.of(world.ref)).toMatchObject({
      sha: null,
      problems: [],
      configuration: { readiness: { threshold: 80 } },
    });

    await put("readiness: { threshold: 61 }");
    expect((await first.of(world.ref)).configuration.readiness.threshold, "within the time to live").toBe(80);
    first.invalidate(world.ref.repository);
    expect((await first.of(world.ref)).configuration.readiness.threshold).toBe(61);

    await put("readiness: { threshold: much }");
    now = 2000;
    const broken = await first.of(world.ref);
    expect(broken.configuration.readiness.threshold).toBe(61);
    expect(broken.problems).toMatchObject([{ line: 1, path: "readiness.threshold" }]);

    const restarted = await configurations().of(world.ref);
    expect([restarted.configuration.readiness.threshold, restarted.problems.length]).toEqual([61, 1]);
  });

  test("stays when GitHub cannot be read, and is a fault when nothing is known yet", async () => {
    const away = async () => {
      throw new RetryableError("away", 1);
    };
    await expect(configurations(away).of(world.ref)).rejects.toThrow(RetryableError);
    stored.set(world.ref.repository, { sha: "old", text: "readiness: { threshold: 62 }" });
    const kept = await configurations(away).of(world.ref);
    expect(kept.configuration.readiness.threshold, "kept over a restart").toBe(62);
    let fails = false;
    const sometimes = configurations((id) => (fails ? away() : world.octokitFor(id)));
    const before = await sometimes.of(world.ref);
    fails = true;
    now = 5000;
    expect(await sometimes.of(world.ref)).toBe(before);
  });
});
