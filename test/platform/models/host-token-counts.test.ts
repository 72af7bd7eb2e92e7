import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createModelHosts } from "../../../src/platform/models/create-model-hosts.ts";
import { type FakeModelHost, startFakeModelHost } from "./fake-model-host.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function host(models: readonly string[], tokenize: FakeModelHost["tokenize"]): Promise<FakeModelHost> {
  const started = await startFakeModelHost(() => ({ text: "ok" }), models);
  closing.push(started.close);
  started.tokenize = tokenize;
  return started;
}

const logged: string[] = [];
function pool(...hosts: readonly FakeModelHost[]) {
  logged.length = 0;
  const logger = pino({ level: "info" }, { write: (line: string) => void logged.push(JSON.parse(line).why) });
  const urls = hosts.map(({ url }) => url);
  return createModelHosts({ hosts: urls, logger, timeoutMs: 5_000, concurrencyPerHost: 4 });
}

const letters: FakeModelHost["tokenize"] = ({ prompt }) => prompt.length;
const words: FakeModelHost["tokenize"] = ({ prompt }) => prompt.split(" ").length;

describe("a model's own count", () => {
  it("comes from a host that lists it, once for a text", async () => {
    const asked: string[] = [];
    const one = await host(["a", "b"], ({ model, prompt }) => {
      asked.push(model);
      return model === "a" ? prompt.length : 2;
    });
    const hosts = pool(await host(["c"], letters), one);
    const counts = ["a", "b", "a", "nobody's"].map((model) => () => hosts.countTokens(model, "two words"));
    const said = [];
    for (const count of counts) said.push(await count());
    expect(said).toEqual([9, 2, 9, null]);
    expect(asked).toEqual(["a", "b"]);
  });

  it("comes from the next host where one does not tell, which is asked no more for a while, and logged once", async () => {
    let asked = 0;
    const mute = await host(["m"], () => {
      asked += 1;
      return { raw: "<html>" };
    });
    const hosts = pool(mute, await host(["m"], words));
    expect([await hosts.countTokens("m", "a b"), await hosts.countTokens("m", "a b c")]).toEqual([2, 3]);
    expect([asked, logged]).toEqual([1, ["nonsense"]]);
  });

  it("is none where no host has a tokenizer, or none is there", async () => {
    const bare = await host(["m"], null);
    const hosts = pool(bare);
    expect([await hosts.countTokens("m", "a"), await hosts.countTokens("m", "b")]).toEqual([null, null]);
    expect(logged).toEqual(["no such route"]);
    expect(await pool().countTokens("m", "a")).toBeNull();
  });

  it("is asked for anew when the host serves another model", async () => {
    const one = await host(["m"], letters);
    const hosts = pool(one);
    expect(await hosts.countTokens("m", "a b")).toBe(3);
    one.models = [{ id: "m", max_model_len: 4_096 }];
    one.tokenize = words;
    await hosts.discover();
    expect(await hosts.countTokens("m", "a b")).toBe(2);
  });
});
