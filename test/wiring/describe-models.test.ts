import { pino } from "pino";
import { expect, it } from "vitest";
import { createModelHosts } from "../../src/platform/models/create-model-hosts.ts";
import { describeModels } from "../../src/wiring/describe-models.ts";
import { type FakeAnswer, startFakeModelHost } from "../platform/models/fake-model-host.ts";

function logOf() {
  const lines: { msg: string; model?: string; jsonSchema?: boolean }[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}

async function describe(answer: () => FakeAnswer, models: readonly string[], signal = new AbortController().signal) {
  const host = await startFakeModelHost(answer, models);
  const { logger, lines } = logOf();
  const hosts = createModelHosts({ hosts: [host.url], logger, timeoutMs: 5_000, concurrencyPerHost: 4 });
  const described = describeModels(hosts, logger, signal);
  return { host, described, said: () => lines.filter(({ msg }) => msg === "model host") };
}

it("what the model hosts can do is found out at the start, for a few models", async () => {
  const models = ["a", "b", "c", "d", "e"];
  const { host, described, said } = await describe(() => ({ text: '{"ready":true}' }), models);
  await described;
  await host.close();
  expect(said().map(({ model, jsonSchema }) => [model, jsonSchema])).toEqual(
    ["a", "b", "c", "d"].map((id) => [id, true]),
  );
});

it("it ends without a word when the worker closes meanwhile", async () => {
  const closing = new AbortController();
  const { host, described, said } = await describe(() => "hang", ["a"], closing.signal);
  await expect.poll(() => host.seen.length).toBe(1);
  closing.abort(new Error("closing"));
  await described;
  await host.close();
  expect(said()).toEqual([]);
});
