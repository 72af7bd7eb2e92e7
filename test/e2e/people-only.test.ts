import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Octokit } from "@octokit/rest";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { runWhyContext } from "../../src/cli/why-context.ts";
import { type Fleet, startFleet } from "../../src/main.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import type { Person } from "../../src/playground/people.ts";
import { sampleRepositoryDirectory, sampleRepositoryName } from "../../src/playground/sample/script.ts";
import { type Playground, startPlayground } from "../../src/playground/start-playground.ts";
import { attachValidator } from "../playground/github/response-validator.ts";

const run = promisify(execFile);
const logger = pino({ level: process.env["E2E_LOG"] ?? "silent" });

let directory: string;
let playground: Playground | undefined;
let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.close(1_000);
  await playground?.close();
  await rm(directory, { recursive: true, force: true });
});

const story = `As a shop owner I want the list of slots to be sortable so that I find a free one quickly.

It touches \`src/slots.js\`.

## Acceptance criteria

1. Given three slots, when they are sorted, then the answer lists the earliest first.

## Tasks

- [ ] Sort the slots by their start (developer, 2h)
- [ ] Describe the order in the README (developer, 1h, after 1)
`;

/** Without a model host the road is the same: people type the plan, push, review and merge (PRODUCT.md, "People first"). */
test("people only: typed plan, pushed commits, reviews, merge, done", { timeout: 300_000 }, async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-e2e-"));
  const port = await freePort();
  playground = await startPlayground({
    dataDir: join(directory, "playground"),
    webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    logger,
  });
  const validator = attachValidator(playground.github);
  const { app, cast, owner, repo, github } = playground;
  const environment = appEnvironment(playground, port, join(directory, "fleet"));
  fleet = await startFleet({
    environment,
    logger,
    simulated: "a local GitHub",
  });
  expect(app.appId).toBeGreaterThan(0);
  const as = (person: Person) => new Octokit({ auth: person.token, baseUrl: `${github.url}/api/v3` }).rest;
  const [po, architect, qa, developer] = [as(cast.productOwner), as(cast.architect), as(cast.qa), as(cast.developer)];
  const labelsOf = async (issue_number: number) => {
    const { data } = await po.issues.listLabelsOnIssue({ owner, repo, issue_number });
    return data.map(({ name }) => name);
  };
  const until = (issue: number, label: string) =>
    vi.waitFor(async () => expect(await labelsOf(issue)).toContain(label), { timeout: 30_000, interval: 100 });

  // The installation's delivery came before the fleet listened: the sweep asks for it again, and the labels follow.
  await vi.waitFor(() => po.issues.getLabel({ owner, repo, name: "fleet:story" }), { timeout: 30_000, interval: 100 });
  const { data: issue } = await po.issues.create({
    owner,
    repo,
    title: "Sort the list of delivery slots by their start",
    body: story,
    labels: ["fleet:story"],
  });
  await until(issue.number, "story/draft");
  const say = (who: typeof po, issue_number: number, body: string) =>
    who.issues.createComment({ owner, repo, issue_number, body });
  await say(po, issue.number, "/submit");
  await until(issue.number, "story/po-review");
  await say(po, issue.number, "/approve");
  await until(issue.number, "story/planned");
  await say(po, issue.number, "/approve");
  await until(issue.number, "story/ready-for-execution");

  const subIssues = await vi.waitFor(
    async () => {
      const { data } = await po.issues.listSubIssues({ owner, repo, issue_number: issue.number });
      expect(data).toHaveLength(2);
      return data;
    },
    { timeout: 30_000, interval: 100 },
  );

  for (const [index, task] of subIssues.entries()) {
    await until(task.number, "task/todo");
    await say(developer, task.number, "/claim");
    await until(task.number, "task/implementing");
    const branch = await branchOf(task.number);
    await push(cast.developer, branch, index);
    const pull = await vi.waitFor(
      async () => {
        const { data } = await po.pulls.list({ owner, repo, state: "open" });
        const found = data.find(({ head }) => head.ref === branch);
        expect(found).toBeDefined();
        return found ?? expect.fail();
      },
      { timeout: 30_000, interval: 100 },
    );
    await until(pull.number, "task/pending-arch-review");
    if (index === 0) await expectFailureTold(pull.head.sha);
    const review = (who: typeof po, body: string) =>
      who.pulls.createReview({ owner, repo, pull_number: pull.number, event: "APPROVE", body });
    await review(architect, "Fine.");
    await until(pull.number, "task/pending-qa");
    await review(qa, "Tested.");
    await until(pull.number, "task/pending-po-approval");
    if (index === 0) await review(po, "What I asked for.");
    else {
      await until(issue.number, "story/ready-to-review");
      await say(po, issue.number, "/approve");
    }
    await vi.waitFor(
      async () => expect((await po.pulls.get({ owner, repo, pull_number: pull.number })).data.merged).toBe(true),
      { timeout: 30_000, interval: 100 },
    );
  }
  await until(issue.number, "story/done");
  const { stdout } = await run("git", ["ls-remote", authorized(cast.developer), "refs/heads/main"]);
  const { data: main } = await po.repos.getCommit({ owner, repo, ref: "main" });
  expect(stdout).toContain(main.sha);
  expect(main.parents).toHaveLength(2);
  expect(github.unknownRoutes).toEqual([]);
  expect(validator.violations()).toEqual([]);

  /** What fails on the branch's head is told to whoever builds next, until it is green; `fleet why-context` shows that. */
  async function expectFailureTold(sha: string): Promise<void> {
    const why = async () => {
      const said: string[] = [];
      const asked = { role: "developer", about: "decision:1-1-d-1", json: true };
      expect(
        await runWhyContext(environment, `${owner}/${repo}#${issue.number}/1`, asked, (text) => said.push(text)),
      ).toBe(0);
      return whyAnswer.parse(JSON.parse(said.join("")));
    };
    const refusal = async (named: string) => {
      const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
      expect(await runWhyContext(environment, `${owner}/${repo}#${named}`, { json: false }, expect.fail)).toBe(1);
      const text = complaint.mock.lastCall?.[0];
      complaint.mockRestore();
      return text;
    };
    expect(await refusal(`${issue.number}/9`)).toBe(
      `The story ${owner}/${repo}#${issue.number} has no task 9. It has: 1, 2.`,
    );
    expect(await refusal("999/1")).toContain(`${owner}/${repo}#999 is no story. Name the issue of a story`);
    const report = (state: "failure" | "success") =>
      developer.repos.createCommitStatus({
        ...{ owner, repo, sha, state, context: "ci/build", description: "2 of 9 tests fail" },
      });
    const isTold = async (told: boolean) =>
      vi.waitFor(async () => expect((await why()).text.includes("ci/build:\n2 of 9 tests fail")).toBe(told), {
        timeout: 30_000,
        interval: 100,
      });
    await report("failure");
    await isTold(true);
    expect(await why()).toMatchObject({ phase: "build", rules: { about: { whyNot: { rule: "row" } } } });
    await report("success");
    await isTold(false);
  }
  async function branchOf(issue_number: number): Promise<string> {
    const { data } = await po.issues.get({ owner, repo, issue_number });
    return (
      /`(fleet\/[^`]+)`/.exec(data.body ?? "")?.[1] ??
      expect.fail(`no branch is named in #${issue_number}: ${data.body}`)
    );
  }
  function authorized(person: Person): string {
    return `${github.url.replace("http://", `http://${person.login}:${person.token}@`)}/${owner}/${repo}.git`;
  }
  async function push(person: Person, branch: string, index: number): Promise<void> {
    const clone = join(directory, `clone-${index}`);
    const git = (...args: string[]) =>
      run("git", [
        "-C",
        clone,
        "-c",
        `user.name=${person.login}`,
        "-c",
        `user.email=${person.login}@example.org`,
        ...args,
      ]);
    await run("git", ["clone", "--quiet", authorized(person), clone]);
    await git("checkout", "--quiet", "-B", branch, "origin/main");
    const readme = await readFile(join(clone, "README.md"), "utf8");
    await writeFile(join(clone, "README.md"), `${readme}\nSlots are listed by their start (${index}).\n`);
    await git("commit", "--quiet", "--all", "--message", "Describe the order of slots");
    await git("push", "--quiet", "origin", branch);
  }
});

const whyAnswer = z.object({
  text: z.string(),
  phase: z.string(),
  rules: z.object({ about: z.object({ whyNot: z.object({ rule: z.string() }) }) }),
});

function appEnvironment(place: Playground, port: number, dataDir: string) {
  const environment = parseEnvironment({
    APP_ID: String(place.app.appId),
    PRIVATE_KEY: place.app.privateKey,
    WEBHOOK_SECRET: place.app.webhookSecrets.join(","),
    GHE_HOST: new URL(place.github.url).host,
    GHE_PROTOCOL: "http",
    PORT: String(port),
    FLEET_DATA_DIR: dataDir,
  });
  return environment.mode === "app" ? environment : expect.fail("the environment is the App's");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
}
