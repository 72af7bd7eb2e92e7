import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";

/** A runtime that answers without a model: what is tried is the child process and how it is asked. */
const standIn = `
export const getLlama = async () => ({
  loadModel: async () => ({
    trainContextSize: 4096,
    fileInfo: { fullTensorInfo: [{ dimensions: [1000, 1000] }] },
    createContext: async () => ({ contextSize: 4096, getSequence: () => null }),
  }),
  createGrammarForJsonSchema: async (schema) => schema,
});
export class LlamaChat {
  chatWrapper = { generateContextState: () => ({ contextText: { tokenize: () => [1] } }) };
  async generateResponse() { return { response: "{}", metadata: { stopReason: "eogToken" } }; }
}
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-model-file-"));
  await writeFile(join(directory, "tiny.gguf"), "GGUF");
});
afterEach(endFleetProcesses);
afterAll(() => rm(directory, { recursive: true, force: true }));

async function cacheWith(name: string, runtime: string): Promise<string> {
  const cache = join(directory, name);
  const builds = ["linux-x64", "linux-arm64", "mac-x64", "mac-arm64-metal", "win-x64"];
  for (const build of builds) {
    const folder = join(cache, "swe-ai-fleet", `llama-3.22.1-${build}/node_modules/node-llama-cpp/dist`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await writeFile(join(folder, "index.js"), runtime);
  }
  return cache;
}

describe("a model file", () => {
  it("is served like a host, and its process ends with the fleet's", async () => {
    const env = { FLEET_MODEL_FILE: join(directory, "tiny.gguf"), XDG_CACHE_HOME: await cacheWith("good", standIn) };
    const fleet = startFleetProcess(["models", "--json"], env);
    await expectEnd(fleet, 0, 30_000);
    const { hosts } = JSON.parse(fleet.lines.at(-1) ?? "");
    expect(hosts).toMatchObject([
      { models: [{ model: "tiny", contextLength: 4_096, usage: true, drafting: "by-example" }] },
    ]);
    await expect(fetch(`${hosts[0].host}/models`)).rejects.toThrow("fetch failed");
  });

  it("that cannot be loaded ends the start with 78 and why", async () => {
    const cache = await cacheWith("bad", 'throw new Error("Error: unknown model architecture");');
    const fleet = startFleetProcess(["models"], {
      FLEET_MODEL_FILE: join(directory, "tiny.gguf"),
      XDG_CACHE_HOME: cache,
    });
    await expectEnd(fleet, 78, 30_000);
    const message = fleet.problems.join("\n");
    expect(message).toContain(`FLEET_MODEL_FILE="${join(directory, "tiny.gguf")}": the model cannot be loaded (`);
    expect(message).toContain("unknown model architecture");
    expect(message).not.toContain("    at ");
  });
});

const real = process.env["FLEET_TEST_MODEL_FILE"];

describe.skipIf(real === undefined)("a real model (needs FLEET_TEST_MODEL_FILE)", () => {
  it("tells what it can do", async () => {
    const env = { FLEET_MODEL_FILE: real ?? "", HOME: process.env["HOME"] ?? "" };
    const fleet = startFleetProcess(["models", "--json"], env);
    await expectEnd(fleet, 0, 150_000);
    const { hosts } = JSON.parse(fleet.lines.at(-1) ?? "");
    expect(hosts).toMatchObject([
      { models: [{ jsonSchema: true, usage: true, logprobs: false, drafting: "by-example" }] },
    ]);
  });
});
