import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { permissions, subscribedEvents } from "../../src/github/registry.ts";
import { startFleet } from "../../src/main.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { startLocalGitHub } from "../../src/playground/github/local-github.ts";
import { sampleRepositoryDirectory } from "../../src/playground/sample/script.ts";
import { freePort } from "../support/free-port.ts";
import { startFrontOfGitHub } from "../support/front-of-github.ts";

const owner = "olga";
const place = { owner, repo: "shop" };
const secret = "a secret of another server";

let directory: string;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-foreign-"));
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(directory, { recursive: true, force: true });
});

const body = `As a shop owner I want the list of slots to be sortable so that I find a free one quickly.

It touches \`src/slots.js\`.

## Acceptance criteria

1. Given three slots, when they are sorted, then the answer lists the earliest first.

## Tasks

- [ ] Sort the slots by their start (developer, 2h)
`;

/**
 * A person's repository on a server without teams, sub-issues, permission look-ups of its owner, comments of reviews and
 * `push` events: pull requests alone tell of commits.
 */
test("people only, in a person's own repository, on a server that tells little", async () => {
  const port = await freePort();
  const front = await startFrontOfGitHub({
    routes: [
      { path: /\/sub_issues$/, answer: () => ({ status: 410 }) },
      { path: /\/collaborators\/olga\/permission$/, answer: () => ({ status: 404 }) },
      { method: "GET", path: /^\/(orgs|users)\//, answer: () => ({ status: 404 }) },
      { method: "GET", path: /\/reviews\/\d+\/comments$/, answer: () => ({ status: 404 }) },
      { method: "GET", path: /\/git\/commits\//, answer: () => ({ status: 501 }) },
      { path: /\/contents\//, answer: () => ({ status: 501 }) },
    ],
    webhooks: (delivery) => (delivery.event === "push" ? [] : [delivery]),
  });
  closing.push(() => front.close());
  const github = await startLocalGitHub({ dataDir: join(directory, "github") });
  closing.push(() => github.close());
  const people = Object.fromEntries(["olga", "arno", "quinn", "dana"].map((login) => [login, github.addUser(login)]));
  await github.addRepository(owner, "shop", {
    fromDirectory: sampleRepositoryDirectory,
    collaborators: { arno: "admin", quinn: "write", dana: "write" },
  });
  const app = github.registerApp({
    slug: "fleet",
    permissions,
    events: subscribedEvents(),
    webhookUrl: front.hookUrl,
    webhookSecret: secret,
  });
  github.installApp(app.appId, owner, ["shop"]);
  front.open(github.url, { url: `http://127.0.0.1:${port}`, secret });
  const fleet = await startFleet({
    environment: parseEnvironment({
      APP_ID: String(app.appId),
      PRIVATE_KEY: app.privateKeyPem,
      WEBHOOK_SECRET: secret,
      GHE_HOST: new URL(front.url).host,
      GHE_PROTOCOL: "http",
      PORT: String(port),
      FLEET_DATA_DIR: join(directory, "fleet"),
      FLEET_SANDBOX: "off",
    }),
    logger: pino({ level: "silent" }),
  });
  closing.push(() => fleet.close(1_000));

  const as = (login: string) => new Octokit({ auth: people[login]?.token ?? "", baseUrl: `${github.url}/api/v3` }).rest;
  const [olga, arno, quinn, dana] = [as("olga"), as("arno"), as("quinn"), as("dana")];
  const until = (issue_number: number, label: string) =>
    expect
      .poll(
        async () => {
          const { data } = await olga.issues.listLabelsOnIssue({ ...place, issue_number });
          return data.map(({ name }) => name);
        },
        { timeout: 20_000, interval: 50 },
      )
      .toContain(label);
  const say = (who: typeof olga, issue_number: number, text: string) =>
    who.issues.createComment({ ...place, issue_number, body: text });

  const { data: issue } = await olga.issues.create({ ...place, title: "Sort the slots", body });
  await say(olga, issue.number, "/submit");
  await until(issue.number, "story/po-review");
  await say(olga, issue.number, "/approve");
  await until(issue.number, "story/planned");
  await say(olga, issue.number, "/approve");
  await until(issue.number, "story/ready-for-execution");

  const task = await vi.waitFor(
    async () => {
      const { data } = await olga.issues.listForRepo(place);
      return data.find((each) => each.body?.includes("<!-- fleet:task ")) ?? expect.fail("there is no task yet");
    },
    { timeout: 20_000, interval: 50 },
  );
  await until(task.number, "task/todo");
  await say(dana, task.number, "/claim");
  await until(task.number, "task/implementing");

  const branch = /`(fleet\/[^`]+)`/.exec(task.body ?? "")?.[1] ?? expect.fail("the task names no branch");
  const { data: main } = await dana.git.getRef({ ...place, ref: "heads/main" });
  await dana.git.createRef({ ...place, ref: `refs/heads/${branch}`, sha: main.object.sha });
  const commit = (path: string) =>
    dana.repos.createOrUpdateFileContents({
      ...place,
      path,
      branch,
      message: `Add ${path}`,
      content: Buffer.from(`// ${path}\n`).toString("base64"),
    });
  await commit("src/sort.js");
  const { data: pull } = await dana.pulls.create({ ...place, head: branch, base: "main", title: "Sort the slots" });
  await until(pull.number, "task/pending-arch-review");
  const review = (who: typeof olga, event: "APPROVE" | "REQUEST_CHANGES", text: string) =>
    who.pulls.createReview({ ...place, pull_number: pull.number, event, body: text });
  await review(arno, "REQUEST_CHANGES", "Please put the order into a file of its own.");
  await until(pull.number, "task/arch-rejected");
  await commit("src/order.js");
  await until(pull.number, "task/pending-arch-review");
  await review(arno, "APPROVE", "Fine now.");
  await until(pull.number, "task/pending-qa");
  await review(quinn, "APPROVE", "Tested.");
  await until(issue.number, "story/ready-to-review");
  await say(olga, issue.number, "/approve");
  await until(issue.number, "story/done");
  expect((await olga.pulls.get({ ...place, pull_number: pull.number })).data.merged).toBe(true);
  expect(front.delivered).toContain("pull_request.synchronize");
  expect(front.delivered).not.toContain("push.");
});
