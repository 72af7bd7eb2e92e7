import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
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
import { type FrontOfGitHub, type FrontOptions, startFrontOfGitHub } from "./front-of-github.ts";

const logger = pino({ level: "silent" });

/** A GitHub and a model host that run outside the fleet, as on a customer's network, with the story's people on it. */
export type AnotherGitHub = {
  readonly playground: Playground;
  readonly model: RehearsalModel;
  /** The title of the story that its people bring. */
  readonly title: string;
  /** Where it sends its webhooks: the fleet is to listen there. */
  readonly webPort: number;
  /** What stands between it and the fleet; null where nothing does. */
  readonly front: FrontOfGitHub | null;
  /** What the fleet's processes need to know of all this. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets the people act until the story has one of these labels. */
  actUntil(labels: readonly string[], timeoutMs?: number): Promise<void>;
  /** The product owner comments on the story. */
  say(text: string): Promise<{ readonly id: number }>;
  /** The App's log of webhook deliveries, newest first; a redelivery has an entry of its own. */
  deliveries(): Promise<readonly { readonly guid: string; readonly event: string; readonly status_code: number }[]>;
  /** What GitHub's own description would not have allowed, and requests that it does not know. */
  violations(): readonly unknown[];
  close(): Promise<void>;
};

/** Starts it on free ports, with its data under `directory`; the fleet meets it through `front`, if that is given. */
export async function startAnotherGitHub(directory: string, faults?: FrontOptions): Promise<AnotherGitHub> {
  const [webPort, model] = await Promise.all([freePort(), startRehearsalModel()]);
  const fleetUrl = `http://127.0.0.1:${webPort}`;
  const front = faults === undefined ? null : await startFrontOfGitHub(faults);
  const playground = await startPlayground({
    dataDir: join(directory, "github"),
    webhookUrl: front?.hookUrl ?? `${fleetUrl}/api/github/webhooks`,
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    logger,
  });
  front?.open(playground.github.url, { url: fleetUrl, secret: playground.app.webhookSecrets[0] ?? "" });
  const validator = attachValidator(playground.github);
  const { app, cast, owner, repo, github } = playground;
  const [story] = sampleStories();
  if (story === undefined) throw new Error("there is no sample story");
  const acts = new Set<string>();
  const people = createPeople(
    { apiUrl: `${github.url}/api/v3`, owner, repo },
    cast,
    { title: story.title, body: story.body, rejection: architectRejection, developer: null },
    acts,
  );
  const { issues } = new Octokit({ auth: cast.productOwner.token, baseUrl: `${github.url}/api/v3` }).rest;
  const asApp = new Octokit({
    baseUrl: `${github.url}/api/v3`,
    authStrategy: createAppAuth,
    auth: { appId: app.appId, privateKey: app.privateKey },
  });
  return {
    playground,
    model,
    title: story.title,
    webPort,
    front,
    env: {
      GHE_HOST: new URL(front?.url ?? github.url).host,
      GHE_PROTOCOL: "http",
      APP_ID: String(app.appId),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecrets.join(","),
      FLEET_MODEL_HOSTS: model.url,
      PORT: String(webPort),
    },
    async actUntil(labels, timeoutMs = 240_000) {
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
    async say(body) {
      const { data: found } = await issues.listForRepo({ owner, repo, state: "all", labels: "fleet:story" });
      const number = found[0]?.number ?? expect.fail("there is no story to comment on");
      const { data } = await issues.createComment({ owner, repo, issue_number: number, body });
      return { id: data.id };
    },
    async deliveries() {
      const { data } = await asApp.rest.apps.listWebhookDeliveries({ per_page: 100 });
      return data;
    },
    violations: () => [...validator.violations(), ...github.unknownRoutes],
    async close() {
      await front?.close();
      await playground.close();
      await model.close();
    },
  };
}
