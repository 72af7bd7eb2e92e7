import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { freePort } from "../free-port.ts";
import { scriptFile } from "../script-file.ts";
import type { LoadRequest } from "./load-generator.ts";

/** A real vLLM server of a bench (`scripts/model-server.sh`). */
export type VllmServer = {
  readonly url: string;
  readonly apiKey: string;
  /** Lets vLLM's own load generator send the requests, so many at once; gives tokens written per second. */
  load(requests: readonly LoadRequest[], concurrency: number): Promise<number>;
  close(): Promise<void>;
};

const resultSchema = z.object({ completed: z.int().min(1), failed: z.int().max(0), output_throughput: z.number() });

/**
 * Starts the server that `scripts/model-server.sh install` put into `directory`.
 * @throws {Error} when it does not start, or when its load generator has a request without an answer
 */
export async function startVllm(directory: string): Promise<VllmServer> {
  const apiKey = "bench-key";
  const script = (...args: readonly string[]) =>
    promisify(execFile)(scriptFile("model-server.sh"), args, {
      env: { ...process.env, MODEL_SERVER_KEY: apiKey },
      maxBuffer: 64 * 1024 ** 2,
    });
  const started = await script("start", directory, String(await freePort()));
  return {
    url: started.stdout.trim(),
    apiKey,
    async load(requests, concurrency) {
      const folder = await mkdtemp(join(tmpdir(), "bench-load-"));
      try {
        const file = join(folder, "prompts.jsonl");
        await writeFile(file, requests.map(({ prompt }) => `${JSON.stringify({ prompt })}\n`).join(""));
        const maxTokens = requests[0]?.maxTokens ?? 1;
        const { stdout } = await script("load", directory, file, String(concurrency), String(maxTokens));
        return resultSchema.parse(JSON.parse(stdout)).output_throughput;
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    close: async () => void (await script("stop", directory)),
  };
}
