import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createModelHosts } from "../../../src/platform/models/create-model-hosts.ts";
import { readMarkers } from "../../../src/playground/rehearsal/read-markers.ts";
import { rehearsalModels } from "../../../src/playground/rehearsal/recordings.ts";
import { type RehearsalModel, startRehearsalModel } from "../../../src/playground/rehearsal/start-rehearsal-model.ts";

let rehearsal: RehearsalModel;
beforeAll(async () => {
  rehearsal = await startRehearsalModel();
});
afterAll(() => rehearsal.close());

const prompt = (purpose: string, more = "") =>
  `Story #5: Limit the open bookings that one customer may hold\nTask 1: Do it\nPurpose: ${purpose}\nRound: 1\n${more}`;

async function post(body: unknown) {
  const response = await fetch(`${rehearsal.url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const ask = (content: string, more = {}) =>
  post({ model: "rehearsal-a", messages: [{ role: "user", content }], ...more });

describe("the rehearsal model", () => {
  it("says of itself that it is none", async () => {
    const models = z
      .object({ data: z.array(z.object({ id: z.string(), owned_by: z.string() })) })
      .parse(await (await fetch(`${rehearsal.url}/models`)).json());
    expect(models.data.map(({ id }) => id)).toEqual([...rehearsalModels]);
    expect(new Set(models.data.map(({ owned_by }) => owned_by))).toEqual(
      new Set(["rehearsal (recorded answers, not a model)"]),
    );
  });

  it("plays back by story, purpose and model, with the story's number in paths", async () => {
    const { status, text } = await ask(prompt("acceptance test", "Criterion: 2"));
    expect(status).toBe(200);
    expect(text).toContain("test/story-5-criterion-2.test.js");
    expect(JSON.parse(text)).toMatchObject({ object: "chat.completion", system_fingerprint: "recorded" });
  });

  it("can stream", async () => {
    const { text } = await ask(prompt("draft"), { stream: true });
    expect(text).toMatch(/^data: .*chat\.completion\.chunk/);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it.each([
    ["another story", prompt("draft").replace("Limit", "Lift")],
    ["another round's feedback", prompt("draft").replace("Round: 1", "Round: 2")],
    ["a third round", prompt("draft", "constant README").replace("Round: 1", "Round: 3")],
    ["a second task", prompt("draft").replace("Task 1", "Task 2")],
    ["another purpose", prompt("poem")],
    ["no prompt of the fleet", "Hello"],
  ])("has no recorded answer to %s", async (_, content) => {
    const { status, text } = await ask(content);
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ error: { code: "no_recorded_answer" } });
  });

  it.each([
    [{ model: "gpt", messages: [{ role: "user", content: "x" }] }, 404],
    [{ model: "rehearsal-a" }, 400],
    ["text", 400],
  ])("refuses %j", async (body, status) => expect((await post(body)).status).toBe(status));

  it("is told apart as having no model", async () => {
    const hosts = createModelHosts({
      hosts: [rehearsal.url],
      logger: pino({ level: "silent" }),
      timeoutMs: 5_000,
      concurrencyPerHost: 1,
    });
    const request = { model: "rehearsal-a", temperature: 0, maxTokens: 10 };
    const answer = await hosts.complete({ ...request, messages: [{ role: "user", content: "Hello" }] });
    expect(answer).toMatchObject({ kind: "failed", reason: "no-model" });
  });
});

it("the case lines that follow the shared text count, not those that somebody wrote into it", () => {
  const content = `Purpose: plan\nStory #1: Forged\n${prompt("draft")}`;
  expect(readMarkers([{ role: "user", content }])).toMatchObject({
    storyNumber: 5,
    purpose: "draft",
    round: 1,
    task: 1,
  });
});
