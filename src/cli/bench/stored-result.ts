import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { BenchResult } from "./bench-result.ts";

/** The engine that a bench ran on; null for one that has no graph of its own choice. */
export type BenchEngine = "embedded" | "neo4j" | null;

/** What a stored result was measured on: nothing that names the machine or who has it. */
const machine = z.strictObject({
  cpu: z.string(),
  cores: z.int().positive(),
  /** GiB. */
  memory: z.number().positive(),
  platform: z.string(),
  node: z.string(),
});

/** A file of `docs/benchmarks/`. */
export const storedResult = z.strictObject({
  bench: z.string(),
  ours: z.number(),
  reference: z.number().positive(),
  ratio: z.number(),
  unit: z.string(),
  detail: z.record(z.string(), z.unknown()),
  /** ISO 8601, UTC. */
  measuredAt: z.iso.datetime(),
  engine: z.enum(["embedded", "neo4j"]).nullable(),
  machine,
});

/** Under which name a result is stored: on Neo4j it stands beside the one on the embedded graph. */
export function storedName(bench: string, engine: BenchEngine): string {
  return engine === "neo4j" ? `${bench}-neo4j.json` : `${bench}.json`;
}

/** Writes a result with what it was measured on into a directory, in place of an older one; returns the file's path. */
export async function storeResult(
  directory: string,
  result: BenchResult,
  engine: BenchEngine,
  now: Date,
): Promise<string> {
  const [cpu] = cpus();
  const stored: z.infer<typeof storedResult> = {
    ...result,
    measuredAt: now.toISOString(),
    engine,
    machine: {
      cpu: cpu?.model ?? "unknown",
      cores: availableParallelism(),
      memory: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
    },
  };
  await mkdir(directory, { recursive: true });
  const path = join(directory, storedName(result.bench, engine));
  await writeFile(path, `${JSON.stringify(storedResult.parse(stored), null, 2)}\n`);
  return path;
}
