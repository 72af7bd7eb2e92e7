import { afterAll, beforeAll, expect, test } from "vitest";
import { syncLabels } from "../../src/cli/labels-sync.ts";
import { labelSet } from "../../src/github/present/label-set.ts";
import { type LocalWorld, startWorld } from "../github/support/local-world.ts";

let world: LocalWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await world.close();
});

async function sync(options: { dryRun?: boolean; repo?: string; json?: boolean } = {}) {
  const lines: string[] = [];
  const written = () =>
    ["issues/create-label", "issues/update-label"].reduce((sum, id) => sum + (world.github.requests.get(id) ?? 0), 0);
  const before = written();
  const github = { ...world, appOctokit: () => world.probot.auth() };
  const code = await syncLabels(
    { github, print: (line) => lines.push(line) },
    { dryRun: false, json: false, ...options },
  );
  return { code, writes: written() - before, lines };
}

test("labels are created, renamed ones kept, and mended; a dry run writes nothing", async () => {
  const dry = await sync({ dryRun: true, json: true });
  expect([dry.code, dry.writes]).toEqual([0, 0]);
  expect(JSON.parse(dry.lines[0] ?? "")).toMatchObject({
    repository: "acme/shop",
    created: labelSet.map((l) => l.name),
  });
  expect((await sync({ repo: "acme/shop" })).writes).toBe(labelSet.length);
  const labels = world.as("olga").rest.issues;
  const shop = { owner: "acme", repo: "shop" };
  await labels.updateLabel({ ...shop, name: "story/draft", new_name: "writing" });
  await labels.updateLabel({ ...shop, name: "story/done", color: "000000" });
  expect(await sync({ dryRun: true })).toEqual({
    code: 0,
    writes: 0,
    lines: ["acme/shop: would update story/done; keep the names writing (story/draft)"],
  });
  expect((await sync()).lines).toEqual(["acme/shop: update story/done; keep the names writing (story/draft)"]);
  expect((await sync()).lines).toEqual(["acme/shop: keep the names writing (story/draft)"]);
});

test("a repository that the App does not know is a wrong setting", async () => {
  for (const repo of ["acme/nothing", "acme"])
    await expect(sync({ repo })).rejects.toMatchObject({ name: "ConfigurationError" });
});
