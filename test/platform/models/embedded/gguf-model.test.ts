import { expect, it } from "vitest";
import { chatRequestSchema } from "../../../../src/platform/models/embedded/chat-request.ts";
import { openGgufModel } from "../../../../src/platform/models/embedded/gguf-model.ts";
import { fakeRuntime, type Generated } from "./fake-runtime.ts";

const signal = new AbortController().signal;
const ask = (content: string, more: object = {}) =>
  chatRequestSchema.parse({ model: "m", messages: [{ role: "user", content }], ...more });

it("answers with what it used, and says when the answer was cut off", async () => {
  const { runtime, opened } = fakeRuntime(async ({ prompt }) =>
    prompt === "long" ? { text: "a b", stopReason: "maxTokens" } : { text: "one two three" },
  );
  const model = await openGgufModel(runtime, "file");
  expect(await model.answer(ask("say it twice"), signal)).toEqual({
    ...{ kind: "answered", text: "one two three", finish: "stop" },
    ...{ tokensIn: 3, tokensOut: 3 },
  });
  expect(await model.answer(ask("long"), signal)).toMatchObject({ finish: "length", tokensOut: 2 });
  expect(opened[0]?.contextSize).toBe(100);
  expect(model.countTokens("one two three")).toBe(3);
  expect(model.parameters).toBe(34);
  expect(opened[0]?.threads).toBeGreaterThan(0);
});

it("hands on how to generate, and the schema of a structured answer", async () => {
  const asked: Generated[] = [];
  const { runtime } = fakeRuntime(async (each) => {
    asked.push(each);
    return { text: "{}" };
  });
  const model = await openGgufModel(runtime, "file");
  const schema = { type: "object" };
  const format = { type: "json_schema", json_schema: { name: "x", schema } };
  await model.answer(
    ask("a", { temperature: 0.5, seed: 7, max_completion_tokens: 9, response_format: format }),
    signal,
  );
  await model.answer(ask("a"), signal);
  expect(asked).toMatchObject([
    { temperature: 0.5, seed: 7, maxTokens: 9, grammar: { schema } },
    { temperature: 1, maxTokens: 99 },
  ]);
  expect(asked[1]).not.toHaveProperty("grammar");
});

it.each([
  ["a prompt that fills the context", "w ".repeat(100), {}],
  ["an answer that has no room beside the prompt", "w ".repeat(60), { max_tokens: 41 }],
])("refuses %s in words that clients know", async (_, content, more) => {
  const { runtime } = fakeRuntime(async () => ({ text: "" }));
  const model = await openGgufModel(runtime, "file");
  expect(await model.answer(ask(content, more), signal)).toMatchObject({
    kind: "refused",
    param: "input_tokens",
    message: expect.stringContaining("maximum context length is 100 tokens"),
  });
});

it("answers one after the other, and leaves out who has gone meanwhile", async () => {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const { runtime } = fakeRuntime(async ({ prompt }) => {
    started.push(prompt);
    await new Promise<void>((resolve) => ends.push(resolve));
    return { text: prompt };
  });
  const model = await openGgufModel(runtime, "file");
  const gone = new AbortController();
  const first = model.answer(ask("first"), signal);
  const second = model.answer(ask("second"), gone.signal);
  const third = model.answer(ask("third"), signal);
  await expect.poll(() => started).toEqual(["first"]);
  gone.abort(new Error("gone"));
  ends[0]?.();
  await first;
  await expect(second).rejects.toThrow("gone");
  await expect.poll(() => started).toEqual(["first", "third"]);
  ends[1]?.();
  expect(await third).toMatchObject({ text: "third" });
});
