import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openGraphCodeIndex } from "../../src/context/infrastructure/code-index/graph-code-index.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import { createEnsureIndexed } from "../../src/wiring/ensure-indexed.ts";
import { committed, git } from "../context/committed-repository.ts";

const directory = mkdtempSync(join(tmpdir(), "ensure-indexed-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("indexes a commit of a mirror once, and the next one over it", async () => {
  committed(directory, { "a.ts": "export function roundCents() {}", "b.ts": "export const half = 2;" });
  const mirror = join(directory, ".git");
  const first = git(directory, "rev-parse", "HEAD");
  const graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  const ensureIndexed = createEnsureIndexed(graph, () => 0);
  const both = await Promise.all([ensureIndexed(7, mirror, "main", first), ensureIndexed(7, mirror, "main", first)]);
  expect(both).toEqual([
    { how: "whole", files: 2 },
    { how: "whole", files: 2 },
  ]);
  writeFileSync(join(directory, "a.ts"), "export function roundEuros() {}");
  git(directory, "commit", "--quiet", "--all", "-m", "Second");
  const second = git(directory, "rev-parse", "HEAD");
  expect(await ensureIndexed(7, mirror, "main", second)).toEqual({ how: "over-base", files: 1 });
  const index = await openGraphCodeIndex(graph, 7, "main");
  expect(index?.commit).toBe(second);
  const named = await index?.named(["roundCents", "roundEuros"], 5);
  expect(named?.map(({ key }) => key)).toEqual(["a.ts#roundEuros"]);
  await graph.close();
});
