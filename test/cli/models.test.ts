import { afterEach, describe, expect, it } from "vitest";
import { runModels } from "../../src/cli/models.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { type FakeModelHost, startFakeModelHost } from "../platform/models/fake-model-host.ts";

const hosts: FakeModelHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

async function aHost(models: readonly string[]): Promise<FakeModelHost> {
  const host = await startFakeModelHost(() => ({ text: '{"ready":true}', tokens: [9, 4] }), models);
  hosts.push(host);
  return host;
}

async function run(urls: readonly string[], json: boolean) {
  const printed: string[] = [];
  const environment = parseEnvironment({ FLEET_MODEL_HOSTS: urls.join(",") });
  const code = await runModels(environment, { json }, (text) => void printed.push(text));
  return { code, text: printed.join("") };
}

describe("fleet models", () => {
  it("says what each host serves and what each model can do", async () => {
    const host = await aHost(["small", "large"]);
    const tiny = { id: "tiny", max_model_len: 32_768, meta: { n_params: 134_515_008 } };
    host.models = [
      { id: "small", max_model_len: 8_192 },
      { id: "large", max_model_len: 32_768 },
      { id: "silent" },
      tiny,
    ];
    const { code, text } = await run([host.url], true);
    expect(code).toBe(0);
    const can = { jsonSchema: true, usage: true, logprobs: false };
    expect(JSON.parse(text)).toMatchObject({
      hosts: [
        {
          host: host.url,
          models: [
            { model: "small", contextLength: 8_192, ...can, drafting: "one-shot" },
            { model: "large", contextLength: 32_768, ...can, drafting: "loop" },
            { model: "silent", contextLength: null, ...can, parameters: null, drafting: "one-shot" },
            { model: "tiny", contextLength: 32_768, ...can, parameters: 134_515_008, drafting: "by-example" },
          ],
        },
      ],
    });
    const table = await run([host.url], false);
    expect(table.text).toMatch(/small +│ 8192 +│ yes +│ yes +│ no/);
    expect(table.text).toMatch(/large +│ 32768 .*│ loop/);
    expect(table.text).toMatch(/tiny +│ 32768 .*│ 135 M +│ by-example/);
    expect(table.text).toMatch(/silent +│ \? +│ yes/);
  });

  it("names a host that does not answer, and ends with 69", async () => {
    const [well, gone] = [await aHost(["m"]), "http://127.0.0.1:9/v1"];
    const { code, text } = await run([well.url, gone], false);
    expect(code).toBe(69);
    expect(text).toMatch(/127\.0\.0\.1:9\/v1 +│ does not answer in time, or serves none/);
  });

  it("wants hosts", async () => {
    await expect(runModels(parseEnvironment({}), { json: false }, () => {})).rejects.toThrow(
      "FLEET_MODEL_HOSTS is missing",
    );
  });
});
