import { basename } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { openGgufModel } from "./gguf-model.ts";
import { ggufRoutes } from "./gguf-routes.ts";
import { loadRuntime } from "./llama-runtime.ts";

/**
 * The child process that runs a model file: `gguf-server <runtime module> <file>`. Says its address on one line when it is
 * ready, and ends when its standard input does, so that it never outlives its parent.
 */
async function main([module = "", file = ""]: readonly string[]): Promise<void> {
  process.stdin.resume().once("end", () => process.exit(0));
  const model = await openGgufModel(await loadRuntime(module), file);
  const server = createAdaptorServer({ fetch: ggufRoutes(modelName(file), model).fetch });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The model server has no port.");
    process.stdout.write(`http://127.0.0.1:${address.port}/v1\n`);
  });
}

/** What the model is called: its file's name without the ending. */
function modelName(file: string): string {
  return basename(file).replace(/\.gguf$/i, "");
}

await main(process.argv.slice(2));
