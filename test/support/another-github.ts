import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { pino } from "pino";
import { expect, vi } from "vitest";
import { createPeople } from "../../src/playground/people.ts";
import { type RehearsalModel, startRehearsalModel } from "../../src/playground/rehearsal/start-rehearsal-model.ts";
import {
  architectRejection,
  sampleRepositoryDirectory,
  sampleRepositoryName,
  sampleStories,
} from "../../src/playground/sample/script.ts";
import { type Playground, startPlayground } from "../../src/playground/start-playground.ts";
import { attachValidator } from "../playground/github/response-validator.ts";
import { freePort } from "./free-port.ts";

const logger = pino({ level: "silent" });

/** A GitHub and a model host that run outside the fleet, as on a customer's network, with the story's people on it. */
export type AnotherGitHub = {
  readonly playground: Playground;
  readonly model: RehearsalModel;
  /** The title of the story that its people bring. */
  readonly title: string;
  /** Where it sends its webhooks: the fleet is to listen there. */
  readonly webPort: number;
  /** What the fleet's processes need to know of all this. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets the people act until the story has one of these labels. */
  actUntil(labels: readonly string[], timeoutMs?: number): Promise<void>;
  /** What GitHub's own description would not have allowed, and requests that it does not know. */
  violations(): readonly unknown[];
  close(): Promise<void>;
};

/** Starts it on free ports, with its data under `directory`. */
export async function startAnotherGitHub(directory: string): Promise<AnotherGitHub> {
  const [webPort, model] = await Promise.all([freePort(), startRehearsalModel()]);
  const playground = await startPlayground({
    dataDir: join(directory, "github"),
    webhookUrl: `http://127.0.0.1:${webPort}/api/github/webhooks`,
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    logger,
  });
  const validator = attachValidator(playground.github);
  const { app, cast, owner, repo, github } = playground;
  const [story] = sampleStories();
  if (story === undefined) throw new Error("there is no sample story");
  const acts = new Set<string>();
  const people = createPeople(
    { apiUrl: `${github.url}/api/v3`, owner, repo },
    cast,
    { title: story.title, body: story.body, rejection: architectRejection },
    acts,
  );
  const { issues } = new Octokit({ auth: cast.productOwner.token, baseUrl: `${github.url}/api/v3` }).rest;
  return {
    playground,
    model,
    title: story.title,
    webPort,
    env: {
      GHE_HOST: new URL(github.url).host,
      GHE_PROTOCOL: "http",
      APP_ID: String(app.appId),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecrets.join(","),
      FLEET_MODEL_HOSTS: model.url,
      PORT: String(webPort),
    },
    async actUntil(labels, timeoutMs = 90_000) {
      await vi.waitFor(
        async () => {
          await people.step();
          const { data } = await issues.listForRepo({ owner, repo, state: "all", labels: "fleet:story" });
          const found = data.flatMap((issue) =>
            issue.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
          );
          expect(
            labels.some((label) => found.includes(label)),
            `one of ${labels} in ${found}`,
          ).toBe(true);
        },
        { timeout: timeoutMs, interval: 100 },
      );
    },
    violations: () => [...validator.violations(), ...github.unknownRoutes],
    async close() {
      await playground.close();
      await model.close();
    },
  };
}
