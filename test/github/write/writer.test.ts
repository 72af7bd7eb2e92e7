import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  defaultConfiguration,
  fleetConfigurationSchema,
} from "../../../src/github/configuration/fleet-configuration.ts";
import type { CouncilView } from "../../../src/github/present/council-view.ts";
import { createWriter, type Writer } from "../../../src/github/write/writer.ts";
import type { WriterDeps } from "../../../src/github/write/writer-deps.ts";
import { PermanentError } from "../../../src/kernel/errors.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import type { RecordHead } from "../../../src/workflow/application/commands.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";
import { aCandidate, aCouncil, anOutcome, aPlan, aStory, aTask } from "../support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
let world: LocalWorld;
let story: Story;
let task: Task;
let council: CouncilView | null;
const checkRequest = z.object({
  name: z.literal("fleet/council"),
  actions: z.array(z.object({ identifier: z.string() })),
});

/** Earlier councils, by id. */
const published = new Map<string, CouncilView>();
let heads: RecordHead[];
let failures: string[];
let content: number;
let writer: Writer;
let main: string;
let configuration = defaultConfiguration;

beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n" });
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await world.close();
});

/** A story with one task on a fresh issue; the fakes below are the graph. */
beforeEach(async () => {
  const { data: issue } = await world
    .as("olga")
    .rest.issues.create({ ...shop, title: "Reject coupons", labels: ["fleet:story"] });
  const { installation, repository } = world.ref;
  const branch = `fleet/${issue.number}/t1-check-the-date`;
  story = aStory({
    id: `${repository}-${issue.number}`,
    installation,
    repository,
    issueNumber: issue.number,
    plan: aPlan,
    state: "in-progress",
  });
  task = aTask({
    id: `${story.id}-p1-t1`,
    storyId: story.id,
    installation,
    repository,
    storyIssue: issue.number,
    branch,
  });
  council = null;
  heads = [];
  failures = [];
  content = 0;
  configuration = fleetConfigurationSchema.parse({ roles: { architect: ["@acme/architects"], qa: ["quinn"] } });
  main = (await world.on.octokit.rest.git.getRef({ ...shop, ref: "heads/main" })).data.object.sha;
  writer = createWriter(depsOf());
});

function depsOf(): WriterDeps {
  return {
    octokitFor: world.octokitFor,
    identityOf: world.identityOf,
    configurationOf: async () => ({ configuration, sha: null, problems: [] }),
    councilPolicy: async () => ({ start: "auto", available: true, maxRounds: 3 }),
    standingOf: async () => null,
    follow: async () => {},
    reads: {
      story: async (id) => (id === story.id ? story : null),
      task: async (id) => (id === task.id ? task : null),
      tasksOf: async () => [task],
      latestCouncil: async (about) => ("taskId" in about ? council : null),
      ceremony: async () => null,
      ceremoniesOf: async () => [],
      council: async (id) => published.get(id) ?? null,
      spentOn: async () => ({ councils: 1, tokens: { in: 1_000, out: 500 }, ms: 65_000 }),
      storyRoom: async () => null,
      decisions: async () => [],
      latestAdvice: async () => null,
      budgetAccounts: async ({ task }) => [
        { scope: task === null ? "story" : "task", unit: "tokens", used: 300, held: 0, of: 800, ms: 0 },
        { scope: "day", unit: "tokens", used: 400, held: 0, of: 1_000, ms: 0 },
      ],
    },
    facts: {
      linkTask: async ({ taskId: _, ...facts }) => {
        task = { ...task, ...facts };
      },
      recordHead: async (head) => {
        heads.push(head);
        if (task.state === "implementing") task = { ...task, ...head, state: "pending-arch-review" };
      },
      passTests: async () => {
        task = { ...task, state: "pending-po-approval" };
      },
      recordMerge: async ({ mergeSha }) => {
        task = { ...task, merged: true, mergeSha };
      },
      councilFailed: async ({ reason }) => {
        failures.push(reason);
      },
    },
    written: (_, cost) => {
      content += cost === "content" ? 1 : 0;
    },
    simulated: "a local GitHub",
    clock: () => 0,
    log: world.log,
  };
}

const writeTask = () => writer.process({ kind: "task", taskId: task.id });
const writeStory = () => writer.process({ kind: "story", storyId: story.id });

async function labelsOf(issue_number: number): Promise<string[]> {
  const { data } = await world.as("olga").rest.issues.listLabelsOnIssue({ ...shop, issue_number });
  return data.map((label) => label.name).toSorted();
}

async function checks(sha: string): Promise<Record<string, string | null>> {
  const { data } = await world.on.octokit.rest.checks.listForRef({ ...shop, ref: sha });
  return Object.fromEntries(data.check_runs.map((run) => [run.name, run.conclusion]));
}

describe("a story", () => {
  test("gets its label and one status comment, and is closed when it is done", async () => {
    await writeStory();
    expect(await labelsOf(story.issueNumber)).toEqual(["fleet:story", "story/in-progress"]);
    story = { ...story, state: "done" };
    await writeStory();
    await writeStory();
    expect(await labelsOf(story.issueNumber)).toEqual(["fleet:story", "story/done"]);
    const { data: comments } = await world
      .as("olga")
      .rest.issues.listComments({ ...shop, issue_number: story.issueNumber });
    expect(comments.map((each) => /<!-- fleet:(\S+) -->/.exec(each.body ?? "")?.[1])).toEqual(["story", "plan"]);
    expect(comments[0]?.body).toContain("Story: `done`");
    const { data: issue } = await world.as("olga").rest.issues.get({ ...shop, issue_number: story.issueNumber });
    expect([issue.state, issue.state_reason]).toEqual(["closed", "completed"]);
  });

  test("shows what it cost, and how the story's and today's tokens stand where fleet.yml limits them", async () => {
    configuration = fleetConfigurationSchema.parse({ limits: { "tokens-a-day": 1_000, "tokens-a-story": 800 } });
    await writeStory();
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: story.issueNumber });
    expect(data[0]?.body).toContain(
      "1 council · 1,000 tokens in, 500 out · 1 min 5 s · this story: 300 of 800 tokens · today in this repository: 400 of 1,000 tokens",
    );
  });

  test("that is not there is nothing to write", async () => {
    await writer.process({ kind: "story", storyId: "1-1" });
  });
});

describe("a task", () => {
  test("goes from sub-issue to merged pull request with at most 12 content-creating writes", async () => {
    await writeTask();
    const sub = task.issueNumber ?? 0;
    expect(await labelsOf(sub)).toEqual(["fleet:task", "task/todo"]);

    task = { ...task, state: "implementing", assignee: { kind: "council" }, round: 1 };
    council = aCouncil({ id: `${task.id}-r1`, startSha: main });
    await writeTask();
    expect(heads).toMatchObject([
      { authors: ["agent:developer:2"], committer: { kind: "agent", role: "developer", number: 2 } },
    ]);
    const head = heads[0]?.headSha ?? "";
    const pull_number = task.pullRequest ?? 0;
    const { data: commit } = await world.on.octokit.rest.git.getCommit({ ...shop, commit_sha: head });
    expect(
      commit.message
        .split("\n\n")
        .at(-1)
        ?.split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(["Fleet-Story", "Fleet-Task", "Fleet-Deliberation", "Fleet-Model", "Fleet-Context"]);
    expect(await labelsOf(pull_number)).toEqual(["fleet:task", "task/pending-arch-review"]);
    expect(await checks(head)).toEqual({ "fleet/council": "success", "fleet/gate": null });
    const { data: asked } = await world.as("olga").rest.pulls.listRequestedReviewers({ ...shop, pull_number });
    expect(asked.teams.map((team) => team.slug)).toEqual(["architects"]);

    task = { ...task, state: "done" };
    await writeTask();
    expect(task.merged).toBe(true);
    expect(await checks(head)).toEqual({ "fleet/council": "success", "fleet/gate": "success" });
    const { data: pull } = await world.as("olga").rest.pulls.get({ ...shop, pull_number });
    expect([pull.merged, pull.merge_commit_sha]).toEqual([true, task.mergeSha]);
    const { data: issue } = await world.as("olga").rest.issues.get({ ...shop, issue_number: sub });
    expect(issue.state).toBe("closed");
    expect(content).toBeLessThanOrEqual(12);

    const before = content;
    await writeTask();
    expect(content).toBe(before);
  });

  test("shows the council whose commit is the head, also while a later round is at work, with its buttons", async () => {
    const buttons: string[][] = [];
    const unobserve = world.github.observe((exchange) => {
      if (exchange.kind !== "response") return;
      const request = checkRequest.safeParse(exchange.requestBody);
      if (request.success) buttons.push(request.data.actions.map(({ identifier }) => identifier));
    });
    task = { ...task, state: "implementing", assignee: { kind: "council" }, round: 1 };
    council = aCouncil({ id: `${task.id}-r1`, startSha: main });
    published.set(council.id, council);
    await writeTask();
    task = { ...task, state: "arch-rejected" };
    await writeTask();
    expect(buttons.at(-1)).toEqual(["another-round", "take-over"]);
    task = { ...task, state: "implementing", round: 2 };
    council = aCouncil({ id: `${task.id}-r2`, round: 2, startSha: task.headSha, status: "drafting", outcome: null });
    await writeTask();
    const { data } = await world.on.octokit.rest.checks.listForRef({
      ...shop,
      ref: task.headSha ?? "",
      check_name: "fleet/council",
    });
    expect(data.check_runs.map((run) => run.output.title)).toEqual(["Round 1: c2 won of 2 candidates"]);
    unobserve();
  });

  test("whose process died after the push is finished without a second commit or pull request", async () => {
    task = { ...task, state: "implementing", assignee: { kind: "council" }, round: 1 };
    council = aCouncil({ id: `${task.id}-r1`, startSha: main });
    const deps = depsOf();
    const dying = createWriter({
      ...deps,
      facts: {
        ...deps.facts,
        recordHead: async () => {
          throw new Error("killed");
        },
      },
    });
    await expect(dying.process({ kind: "task", taskId: task.id })).rejects.toThrow("killed");
    task = { ...task, pullRequest: null, issueNumber: null };
    await writeTask();
    const { data: pulls } = await world
      .as("olga")
      .rest.pulls.list({ ...shop, state: "all", head: `acme:${task.branch}` });
    expect(pulls.map((pull) => pull.number)).toEqual([task.pullRequest]);
    const { data: commits } = await world
      .as("olga")
      .rest.pulls.listCommits({ ...shop, pull_number: task.pullRequest ?? 0 });
    expect(commits.map((commit) => commit.sha)).toEqual([task.headSha]);
    const { data: subs } = await world
      .as("olga")
      .rest.issues.listSubIssues({ ...shop, issue_number: story.issueNumber });
    expect(subs.map((sub) => sub.number)).toEqual([task.issueNumber]);
  });

  test("of which nobody passed gets a draft with its evidence, and stays free", async () => {
    const candidates = [aCandidate("c1", { acceptance: "criterion 1 fails" })];
    task = { ...task, councilGaveUp: "nobody passed" };
    council = aCouncil({
      id: `${task.id}-r1`,
      startSha: main,
      outcome: anOutcome({ candidates, winner: null, best: "c1" }),
    });
    await writeTask();
    const { data: pull } = await world.as("olga").rest.pulls.get({ ...shop, pull_number: task.pullRequest ?? 0 });
    expect(pull.draft).toBe(true);
    expect(pull.body).toContain("No candidate of the council passed");
    expect(task.state).toBe("todo");
  });

  test("whose branch moved while the council worked keeps the commits and goes back", async () => {
    await world.on.octokit.rest.git.createRef({ ...shop, ref: `refs/heads/${task.branch}`, sha: main });
    await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: `dev-${story.issueNumber}.txt`,
      branch: task.branch,
      message: "Mine",
      content: "bWluZQ==",
    });
    task = { ...task, state: "implementing", assignee: { kind: "council" }, round: 1 };
    council = aCouncil({ id: `${task.id}-r1`, startSha: main });
    await writeTask();
    expect(heads).toEqual([]);
    expect(failures).toEqual([expect.stringContaining("The branch moved")]);
  });

  test("that a person pushed gets a pull request with the gate, and no council check", async () => {
    await world.on.octokit.rest.git.createRef({ ...shop, ref: `refs/heads/${task.branch}`, sha: main });
    const { data: pushed } = await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: `p-${story.issueNumber}.txt`,
      branch: task.branch,
      message: "Mine",
      content: "bWluZQ==",
    });
    task = { ...task, state: "pending-arch-review", headSha: pushed.commit.sha ?? "", headTree: "t" };
    await writeTask();
    expect(task.pullRequest).not.toBeNull();
    expect(await checks(pushed.commit.sha ?? "")).toEqual({ "fleet/gate": null });
  });

  test("asks the owners of what is changed beside the gate's role, and reads the change once a commit", async () => {
    await world.on.octokit.rest.git.createRef({ ...shop, ref: `refs/heads/${task.branch}`, sha: main });
    const { data: pushed } = await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: `owned/${story.issueNumber}.txt`,
      branch: task.branch,
      message: "Mine",
      content: "bWluZQ==",
    });
    configuration = fleetConfigurationSchema.parse({
      roles: { architect: ["arno"] },
      paths: { ownership: { "owned/**": ["quinn", "dev"], "src/**": ["olga"] } },
    });
    task = { ...task, state: "pending-arch-review", headSha: pushed.commit.sha ?? "", headTree: "t" };
    const reads = () => world.github.requests.get("pulls/list-files") ?? 0;
    const before = reads();
    await writeTask();
    await writeTask();
    expect(reads()).toBe(before + 1);
    const pull_number = task.pullRequest ?? 0;
    const { data } = await world.as("olga").rest.pulls.listRequestedReviewers({ ...shop, pull_number });
    expect(data.users.map(({ login }) => login).toSorted()).toEqual(["arno", "quinn"]);
  });

  test("is left to people's merge where the repository says so, and closed when it is cancelled", async () => {
    await world.on.octokit.rest.git.createRef({ ...shop, ref: `refs/heads/${task.branch}`, sha: main });
    const { data: pushed } = await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: `h-${story.issueNumber}.txt`,
      branch: task.branch,
      message: "Mine",
      content: "bWluZQ==",
    });
    configuration = fleetConfigurationSchema.parse({ merge: { by: "human" } });
    task = { ...task, state: "done", headSha: pushed.commit.sha ?? "", headTree: "t" };
    await writeTask();
    expect(task.merged).toBe(false);
    const pull_number = task.pullRequest ?? 0;
    task = { ...task, state: "cancelled" };
    await writeTask();
    const { data: pull } = await world.as("olga").rest.pulls.get({ ...shop, pull_number });
    expect([pull.state, pull.merged]).toEqual(["closed", false]);
  });
});

describe("replies and reactions", () => {
  test("are written once", async () => {
    const { data: comment } = await world
      .as("olga")
      .rest.issues.createComment({ ...shop, issue_number: story.issueNumber, body: "/help" });
    const reply = {
      kind: "reply",
      ref: world.ref,
      issueNumber: story.issueNumber,
      trigger: "comment-1-0",
      text: "Here.",
    };
    await writer.process(reply);
    await writer.process(reply);
    await writer.process({ kind: "reaction", ref: world.ref, commentId: comment.id, content: "eyes" });
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: story.issueNumber });
    expect(data).toHaveLength(2);
  });

  test("to something that is gone end for good; a reaction that cannot be given stops nothing", async () => {
    const gone = { ref: world.ref, issueNumber: 999_999, trigger: "comment-2-0", text: "Here." };
    await expect(writer.process({ kind: "reply", ...gone })).rejects.toThrow(PermanentError);
    await writer.process({ kind: "reaction", ref: world.ref, commentId: 999_999, content: "eyes" });
    await expect(writer.process({ kind: "nonsense" })).rejects.toThrow(PermanentError);
  });
});
