import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { benchResult } from "../../../src/cli/bench/bench-result.ts";
import { benchNames } from "../../../src/cli/bench/run-bench.ts";
import { storedName, storedResult, storeResult } from "../../../src/cli/bench/stored-result.ts";

const directory = "docs/benchmarks";
const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));

it("writes a result with what it was measured on, on Neo4j beside the other one", async () => {
  const into = await mkdtemp(join(tmpdir(), "bench-saved-"));
  const result = benchResult({ bench: "context", ours: 3, reference: 2, unit: "ms", detail: { n: 1 } });
  try {
    for (const engine of ["embedded", "neo4j"] as const)
      await storeResult(join(into, "new"), result, engine, new Date(0));
    expect((await readdir(join(into, "new"))).toSorted()).toEqual(["context-neo4j.json", "context.json"]);
    const stored = storedResult.parse(await read(join(into, "new", "context-neo4j.json")));
    expect(stored).toMatchObject({ ...result, ratio: 1.5, engine: "neo4j", measuredAt: "1970-01-01T00:00:00.000Z" });
  } finally {
    await rm(into, { recursive: true });
  }
});

const files = (await readdir(directory)).filter((name) => name.endsWith(".json"));

it.each(files)("%s holds a result of a bench that there is, and README.md tells of it", async (name) => {
  const { bench, engine } = storedResult.parse(await read(join(directory, name)));
  expect(benchNames).toContain(bench);
  expect(name).toBe(storedName(bench, engine));
  expect(await readFile(join(directory, "README.md"), "utf8")).toContain(`\`${name}\``);
});

it("holds what was measured of contexts", () => {
  expect(files).toEqual(
    expect.arrayContaining(["context", "l3-overhead", "index", "context-quality"].map((name) => `${name}.json`)),
  );
});
