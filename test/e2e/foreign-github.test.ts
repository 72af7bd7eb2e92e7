import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Fleet, startFleet } from "../../src/main.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { sampleRepositoryDirectory, sampleRepositoryName } from "../../src/playground/sample/script.ts";
import { startPlayground } from "../../src/playground/start-playground.ts";
import { type AnotherGitHub, startAnotherGitHub } from "../support/another-github.ts";
import { type ForeignModelOptions, startForeignModel } from "../support/foreign-model.ts";
import {
  again,
  type FrontDelivery,
  type FrontOptions,
  type RouteFault,
  startFrontOfGitHub,
} from "../support/front-of-github.ts";
import { onlyUsed } from "../support/only-used.ts";
import { thorough, whyNotThorough } from "../support/thorough.ts";

const logLine = z.looseObject({ level: z.number(), msg: z.string() });

let directory: string;
let lines: z.infer<typeof logLine>[];
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-foreign-"));
  lines = [];
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(directory, { recursive: true, force: true });
});

/** The fleet in this process on a GitHub with these faults and a model host of that kind. */
async function start(faults: FrontOptions, model: ForeignModelOptions) {
  const other = await startAnotherGitHub(join(directory, "other"), faults);
  closing.push(() => other.close());
  const foreign = await startForeignModel(other.model.url, model);
  closing.push(() => foreign.close());
  const fleet = await startOn({
    ...other.env,
    FLEET_MODEL_HOSTS: foreign.url,
    FLEET_MODEL_API_KEY: model.apiKey,
  });
  return { other, foreign, fleet };
}

async function startOn(env: Readonly<Record<string, string>>): Promise<Fleet> {
  const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(logLine.parse(JSON.parse(line))) });
  const environment = parseEnvironment({ ...env, FLEET_DATA_DIR: join(directory, "fleet"), FLEET_SANDBOX: "off" });
  // The recorded candidates are the project's own code.
  const fleet = await startFleet({ environment, logger, trusted: true });
  closing.push(() => fleet.close(1_000));
  return fleet;
}

/** What the App wrote at the end of the road, as the product owner sees it. */
async function readEnd({ playground }: AnotherGitHub) {
  const { owner, repo, cast, github } = playground;
  const { rest } = new Octokit({ auth: cast.productOwner.token, baseUrl: `${github.url}/api/v3` });
  const { data: issues } = await rest.issues.listForRepo({ owner, repo, state: "all", labels: "fleet:story" });
  const story = issues[0]?.number ?? expect.fail("there is no story");
  const { data: pulls } = await rest.pulls.list({ owner, repo, state: "all" });
  const pull = pulls[0]?.number ?? expect.fail("there is no pull request");
  const commentsOf = async (issue_number: number) => {
    const { data } = await rest.issues.listComments({ owner, repo, issue_number, per_page: 100 });
    return data.filter(({ user }) => user?.type === "Bot").map(({ body }) => body ?? "");
  };
  const { data: main } = await rest.repos.listCommits({ owner, repo, per_page: 100 });
  return {
    stories: issues.length,
    pulls: pulls.length,
    merged: (await rest.pulls.get({ owner, repo, pull_number: pull })).data.merged,
    merges: main.filter(({ parents }) => parents.length > 1).length,
    story: await commentsOf(story),
    pull: await commentsOf(pull),
    subIssues: (await rest.issues.listSubIssues({ owner, repo, issue_number: story })).data.length,
  };
}

const errors = () => lines.filter(({ level }) => level >= 50);
const waits = () => lines.filter(({ msg }) => msg === "waiting for GitHub").map(({ reason }) => reason);
const lacks = () => lines.filter(({ msg }) => msg.startsWith("GitHub does not do this here"));

const notThere = (method: string, path: RegExp, status = 404): RouteFault => ({
  method,
  path,
  answer: () => ({ status }),
});

const without = (...names: string[]) =>
  function strip(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, held]) => (names.includes(name) ? [] : [[name, strip(held)]])),
    );
  };

test.skipIf(!thorough)(
  `a GitHub without any of the optional parts, and none of the App's own webhooks${whyNotThorough}`,
  {
    timeout: 300_000,
  },
  async () => {
    const isOwn = ({ payload }: FrontDelivery) => JSON.stringify(payload["sender"]).includes('"Bot"');
    const { other, foreign } = await start(
      {
        routes: [
          notThere("GET", /^\/app\/hook\/deliveries/),
          notThere("POST", /\/sub_issues$/),
          notThere("GET", /\/sub_issues$/, 410),
          notThere("POST", /\/reactions$/, 501),
          notThere("POST", /^\/api\/graphql$/),
          notThere("GET", /\/check-runs$/, 403),
          notThere("POST", /\/check-runs$/, 403),
          notThere("GET", /^\/users\//),
          { path: /^\/app$/, rewrite: without("slug", "name", "owner", "permissions", "events", "html_url") },
          { path: /\/permission$/, rewrite: without("role_name") },
          { path: /\/(issues|comments)(\/\d+)?$/, rewrite: without("performed_via_github_app") },
          { path: /\/git\/commits/, rewrite: without("verification") },
        ],
        withoutHeaders: ["etag", "link", "last-modified"],
        webhooks: (delivery) => (isOwn(delivery) ? [] : [{ ...delivery, payload: onlyUsed(delivery.payload) }]),
        webhookPath: "/",
      },
      { apiKey: "a key of the model host", kind: "plain", also: ["text-embedding-3-small"] },
    );
    await other.actUntil(["story/done"]);

    // The label comes first, and the comment that says the same after it.
    await expect
      .poll(async () => (await readEnd(other)).story[0], { timeout: 30_000 })
      .toMatch(/### Story: `done`[\s\S]*- \[x\] #\d+/);
    const end = await readEnd(other);
    expect(end).toMatchObject({ stories: 1, pulls: 1, merged: true, merges: 1, subIssues: 0 });
    expect(end.story, "the status and the plan, once each").toHaveLength(2);
    expect(end.story[0]).toMatch(/Sub-issues are off here[^-]*- \[x\] #\d+/);
    expect(end.pull, "one comment on the pull request").toHaveLength(1);
    expect(end.pull[0]).toContain("Check runs are not open to the App here");
    expect(errors()).toEqual([]);
    expect(
      lacks()
        .map(({ feature }) => feature)
        .toSorted(),
    ).toEqual(["check runs", "reactions", "sub-issues"]);
    expect(lines.filter(({ msg }) => msg.includes("delivery log"))).toHaveLength(1);
    expect(new Set(foreign.refused)).toEqual(
      new Set([
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "response_format of type json_schema is not supported",
      ]),
    );
  },
);

test.skipIf(!thorough)(
  `a GitHub that is busy, with webhooks twice and out of order${whyNotThorough}`,
  { timeout: 300_000 },
  async () => {
    const { other, foreign } = await start(
      {
        routes: [
          {
            method: "PUT",
            path: /\/merge$/,
            answer: (count) =>
              count <= 2
                ? { status: 405, body: { message: "Base branch was modified. Review and try the merge again." } }
                : undefined,
          },
          { method: "GET", path: /\/pulls\/\d+$/, rewrite: without("mergeable", "mergeable_state") },
          // The branch is made, and the answer that says so is lost: the repeat finds it there.
          { method: "POST", path: /\/git\/refs$/, lose: (count) => (count === 1 ? { status: 502 } : undefined) },
          { method: "POST", path: /\/labels$/, answer: (count) => (count === 3 ? { status: 502 } : undefined) },
          notThere("POST", /\/requested_reviewers$/, 422),
        ],
        webhooks: (delivery) => [delivery, again(delivery)],
        reverse: 4,
      },
      { apiKey: "another key", kind: "stream", also: ["bge-reranker-large"] },
    );
    await other.actUntil(["story/done"]);
    const end = await readEnd(other);
    expect(end).toMatchObject({ stories: 1, pulls: 1, merged: true, merges: 1, subIssues: 1 });
    expect(end.story, "the status and the plan, once each").toHaveLength(2);
    expect(end.pull, "no review was taken twice").toHaveLength(1);
    expect(other.front?.met[0], "attempts to merge").toBe(3);
    expect(errors()).toEqual([]);
    expect(foreign.refused).toEqual([]);
  },
);

test("a GitHub that comes up after the fleet, with the App installed long before", async () => {
  const front = await startFrontOfGitHub({
    routes: [
      // First it is there without answering, then with a fault, until that is seen.
      {
        method: "GET",
        path: /^\/app$/,
        answer: () => (waits().includes("GitHub answers with 503") ? undefined : { status: 503 }),
      },
    ],
    webhooks: () => [],
  });
  closing.push(() => front.close());
  const playground = await startPlayground({
    dataDir: join(directory, "github"),
    webhookUrl: front.hookUrl,
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    logger: pino({ level: "silent" }),
  });
  closing.push(() => playground.close());
  const fleet = await startOn({
    APP_ID: String(playground.app.appId),
    PRIVATE_KEY: playground.app.privateKey,
    WEBHOOK_SECRET: playground.app.webhookSecrets.join(","),
    GHE_HOST: new URL(front.url).host,
    GHE_PROTOCOL: "http",
    PORT: "0",
  });
  const readiness = async () => {
    const response = await fetch(`${fleet.url}/health/ready`);
    return { status: response.status, text: await response.text() };
  };
  await expect.poll(readiness, { timeout: 30_000 }).toMatchObject({
    status: 503,
    text: expect.stringContaining('{"name":"github","ok":false,"why":"GitHub does not answer"}'),
  });
  front.open(playground.github.url, { url: fleet.url ?? "", secret: playground.app.webhookSecrets[0] ?? "" });
  await expect.poll(readiness, { timeout: 20_000 }).toMatchObject({ status: 200 });

  const { owner, repo, cast, github } = playground;
  const { rest } = new Octokit({ auth: cast.productOwner.token, baseUrl: `${github.url}/api/v3` });
  const labels = async () => {
    const { data } = await rest.issues.listLabelsForRepo({ owner, repo, per_page: 100 });
    return data.map(({ name }) => name);
  };
  await expect.poll(labels, { timeout: 20_000 }).toEqual(expect.arrayContaining(["fleet:story", "story/draft"]));
  expect(errors()).toEqual([]);
  expect(waits()).toEqual(["GitHub does not answer", "GitHub answers with 503"]);
});
