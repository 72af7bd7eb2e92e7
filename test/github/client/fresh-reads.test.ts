import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createConditionalCache, makeReadsConditional } from "../../../src/github/client/conditional-requests.ts";
import { createMemoryEpochs } from "../../../src/github/client/epochs.ts";
import { expectNoStatuses } from "../../../src/github/client/expect-no-statuses.ts";
import { noteChanges } from "../../../src/github/client/note-changes.ts";
import type { GitHubClient } from "../../../src/github/client/octokit.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

const shop = { owner: "acme", repo: "shop" };
let world: LocalWorld;
let knowing: GitHubClient;
const noting: Promise<void>[] = [];

beforeAll(async () => {
  world = await startWorld();
  const epochs = createMemoryEpochs();
  knowing = await world.octokitFor(world.ref.installation);
  makeReadsConditional(knowing, createConditionalCache(epochs));
  world.github.observe((exchange) => {
    if (exchange.kind === "webhook") noting.push(noteChanges(epochs, world.on.app, exchange.event, exchange.payload));
  });
});
afterAll(() => world.close());

/** Requests that reached GitHub. */
const asked = () => [...world.github.requests.values()].reduce((sum, count) => sum + count, 0);

async function heard(): Promise<void> {
  await world.github.deliveriesSettled();
  await Promise.all(noting.splice(0));
}

/** What the fleet reads of an issue. */
async function look(octokit: GitHubClient, issue_number: number) {
  const where = { ...shop, issue_number };
  const { data: labels } = await octokit.rest.issues.listLabelsOnIssue({ ...where, per_page: 100 });
  const { data: comments } = await octokit.rest.issues.listComments({ ...where, per_page: 100 });
  const { data: issue } = await octokit.rest.issues.get(where);
  return {
    labels: labels.map((label) => label.name).toSorted(),
    comments: comments.map(({ id, body }) => ({ id, body })),
    issue: [
      issue.title,
      issue.body,
      issue.state,
      issue.labels.map((label) => (typeof label === "string" ? label : label.name)).toSorted(),
    ],
  };
}

type Writer = Pick<GitHubClient, "rest">;
const acts: Record<string, (by: Writer, issue_number: number, word: string) => Promise<unknown>> = {
  label: (by, issue_number, word) => by.rest.issues.addLabels({ ...shop, issue_number, labels: [word] }),
  unlabel: (by, issue_number, word) =>
    by.rest.issues.removeLabel({ ...shop, issue_number, name: word }).catch(() => undefined),
  comment: (by, issue_number, word) => by.rest.issues.createComment({ ...shop, issue_number, body: word }),
  edit: async (by, issue_number, word) => {
    const { data } = await world.on.octokit.rest.issues.listComments({ ...shop, issue_number, per_page: 100 });
    const last = data.at(-1);
    if (last !== undefined) await by.rest.issues.updateComment({ ...shop, comment_id: last.id, body: word });
  },
  retitle: (by, issue_number, word) => by.rest.issues.update({ ...shop, issue_number, title: word }),
  close: (by, issue_number) => by.rest.issues.update({ ...shop, issue_number, state: "closed" }),
  reopen: (by, issue_number) => by.rest.issues.update({ ...shop, issue_number, state: "open" }),
};

test("whoever writes, what is known without asking is what stands on GitHub", async () => {
  const word = fc.constantFrom("alpha", "beta", "gamma");
  const step = fc.record({ act: fc.constantFrom(...Object.keys(acts)), own: fc.boolean(), word });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { data: issue } = await knowing.rest.issues.create({ ...shop, title: "A story" });
      for (const { act, own, word: given } of steps) {
        await acts[act]?.(own ? knowing : world.as("olga"), issue.number, given);
        await heard();
        expect(await look(knowing, issue.number)).toEqual(await look(world.on.octokit, issue.number));
      }
    }),
    { numRuns: 12, seed: 4 },
  );
});

test("what the App itself writes is never read back", async () => {
  const { data: issue } = await knowing.rest.issues.create({ ...shop, title: "A story", labels: ["alpha"] });
  const where = { ...shop, issue_number: issue.number };
  const { data: said } = await knowing.rest.issues.createComment({ ...where, body: "one" });
  await knowing.rest.issues.updateComment({ ...shop, comment_id: said.id, body: "two" });
  await knowing.rest.issues.addLabels({ ...where, labels: ["beta"] });
  await knowing.rest.issues.removeLabel({ ...where, name: "alpha" });
  await heard();
  const before = asked();
  const seen = await look(knowing, issue.number);
  expect(seen.labels).toEqual(["beta"]);
  expect(seen.comments.map(({ body }) => body)).toEqual(["two"]);
  expect(asked() - before).toBe(0);
  await world.as("olga").rest.issues.addLabels({ ...where, labels: ["gamma"] });
  await heard();
  expect((await look(knowing, issue.number)).labels).toEqual(["beta", "gamma"]);
});

test("the App's own check runs are read once, whatever other Apps run; all of them are read again", async () => {
  const epochs = createMemoryEpochs();
  let now = Date.now();
  const octokit = await world.octokitFor(world.ref.installation);
  makeReadsConditional(
    octokit,
    createConditionalCache(epochs, () => now),
  );
  const { data: main } = await octokit.rest.git.getRef({ ...shop, ref: "heads/main" });
  const ref = main.object.sha;
  const own = () => octokit.rest.checks.listForRef({ ...shop, ref, check_name: "fleet/gate" });
  const all = () => octokit.rest.checks.listForRef({ ...shop, ref, per_page: 100 });
  await own();
  await all();
  await octokit.rest.checks.create({ ...shop, name: "fleet/gate", head_sha: ref, status: "in_progress" });
  const before = asked();
  now += 5 * 60 * 60 * 1000;
  expect((await own()).data.check_runs.map(({ name }) => name)).toEqual(["fleet/gate"]);
  expect(asked() - before).toBe(0);
  const repository = { name: "shop", owner: { login: "acme" } };
  const sender = { id: 9_999, login: "ci[bot]" };
  const note = (name: string) =>
    noteChanges(epochs, world.on.app, "check_run", { repository, sender, check_run: { head_sha: ref, name } });
  await note("tests");
  await own();
  expect(asked() - before).toBe(0);
  await all();
  expect(asked() - before).toBe(1);
  // Somebody asked for it again: GitHub takes its conclusion away.
  await note("fleet/gate");
  await own();
  expect(asked() - before).toBe(2);
});

test("a commit's statuses are read once until one is heard of", async () => {
  const { data: main } = await knowing.rest.git.getRef({ ...shop, ref: "heads/main" });
  const ref = main.object.sha;
  const summary = async () => (await knowing.rest.repos.getCombinedStatusForRef({ ...shop, ref })).data.state;
  await summary();
  const before = asked();
  expect(await summary()).toBe("pending");
  expect(asked() - before).toBe(0);
  await world.as("dev").rest.repos.createCommitStatus({ ...shop, sha: ref, state: "success", context: "ci" });
  await heard();
  expect(await summary()).toBe("success");
});

test("the statuses of a commit that was heard to be new are not asked for before one is heard of", async () => {
  const epochs = createMemoryEpochs();
  const octokit = await world.octokitFor(world.ref.installation);
  const cache = createConditionalCache(epochs);
  makeReadsConditional(octokit, cache);
  const { data: main } = await octokit.rest.git.getRef({ ...shop, ref: "heads/main" });
  const ref = main.object.sha;
  const began = Date.now();
  const push = (distinct: boolean, secondsLater: number) => ({
    head_commit: { id: ref, distinct },
    repository: { name: "shop", owner: { login: "acme" }, pushed_at: Math.floor(began / 1_000) + secondsLater },
  });
  const read = async () => {
    const before = asked();
    const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...shop, ref });
    return [data.total_count, asked() - before];
  };
  // Pushed before, or before anybody listened: it may have some.
  expectNoStatuses(cache, octokit, push(false, 600), began);
  expectNoStatuses(cache, octokit, push(true, 30), began);
  expect(cache.answers.size).toBe(1);
  expectNoStatuses(cache, octokit, push(true, 600), began);
  expect(await read()).toEqual([0, 0]);
  const repository = { name: "shop", owner: { login: "acme" } };
  await noteChanges(epochs, world.on.app, "status", { repository, sha: ref, state: "success" });
  expect((await read())[1]).toBe(1);
  // The push is heard of again, after its statuses.
  cache.answers.clear();
  expectNoStatuses(cache, octokit, push(true, 600), began);
  expect((await read())[1]).toBe(1);
});

test("a comment that was deleted unheard is found out by writing to it", async () => {
  const { data: issue } = await knowing.rest.issues.create({ ...shop, title: "A story" });
  const { data: said } = await knowing.rest.issues.createComment({ ...shop, issue_number: issue.number, body: "one" });
  await heard();
  await world.as("olga").rest.issues.deleteComment({ ...shop, comment_id: said.id });
  await world.github.deliveriesSettled();
  noting.splice(0);
  const failure = await knowing.rest.issues
    .updateComment({ ...shop, comment_id: said.id, body: "two" })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "RetryableError" });
  expect((await look(knowing, issue.number)).comments).toEqual([]);
});

test("who is in a team, how an account stands and what it may do is asked each time, for nothing, and heard or not", async () => {
  const team = { org: "acme", team_slug: "architects" };
  const look = async () => {
    const { data: members } = await knowing.rest.teams.listMembersInOrg({ ...team, per_page: 100 });
    const { data: account } = await knowing.rest.users.getById({ account_id: world.people["dev"]?.id ?? 0 });
    const { data } = await knowing.rest.repos.getCollaboratorPermissionLevel({ ...shop, username: "dev" });
    return [members.map(({ login }) => login), account.login, data.role_name];
  };
  expect(await look()).toEqual([["arno"], "dev", "write"]);
  const [before, used] = [asked(), { ...world.github.installationUse }];
  expect(await look()).toEqual([["arno"], "dev", "write"]);
  expect(asked() - before).toBe(3);
  expect(world.github.installationUse).toEqual({ ...used, notModified: used.notModified + 3 });
  world.github.addTeam("acme", "architects", ["dev"]);
  await world.as("olga").rest.repos.addCollaborator({ ...shop, username: "dev", permission: "pull" });
  await world.github.deliveriesSettled();
  noting.splice(0);
  expect(await look()).toEqual([["arno", "dev"], "dev", "read"]);
});
