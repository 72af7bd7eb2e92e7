import { afterAll, beforeAll, expect, test } from "vitest";
import { type Reconciled, reconcile } from "../../src/github/reconcile/reconcile.ts";
import type { AppDeps } from "../../src/github/translate/app-deps.ts";
import { storyId } from "../../src/kernel/ids.ts";
import { findStories, getStory } from "../../src/planning/application/find-stories.ts";
import { findTasks } from "../../src/workflow/application/find-tasks.ts";
import { startFleet } from "./support/fleet.ts";
import { type LocalWorld, startWorld } from "./support/local-world.ts";
import { aStory } from "./support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const fleetYml = [
  "roles:",
  "  product-owner: [olga]",
  "  architect: [arno]",
  "  qa: [quinn]",
  "  developer: [dev]",
  "  devops: []",
  "  data: []",
].join("\n");

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let issue_number: number;

beforeAll(async () => {
  world = await startWorld({ ".github/fleet.yml": fleetYml });
  fleet = await startFleet(world, { start: "auto", available: false, maxRounds: 3 });
});
afterAll(async () => {
  await fleet.close();
  await world.close();
});

const story = () => getStory(fleet.planning, storyId(world.ref.repository, issue_number));
const task = async () => (await findTasks(fleet.workflow, { storyId: storyId(world.ref.repository, issue_number) }))[0];
const say = async (login: string, number: number, body: string) => {
  await world.as(login).rest.issues.createComment({ ...shop, issue_number: number, body });
  await fleet.settle();
};

/** People act while the fleet is down: what is sent then is lost. */
async function unheard(act: () => Promise<unknown>): Promise<void> {
  await act();
  await world.github.deliveriesSettled();
  fleet.waiting.splice(0);
}

/** What GitHub answers when these issues are not there any more: nobody can delete one by REST. */
function without(numbers: readonly number[]): AppDeps {
  return {
    ...fleet.deps,
    async octokitFor(installation) {
      const octokit = await fleet.deps.octokitFor(installation);
      const { get } = octokit.rest.issues;
      const lacking: typeof get = Object.assign(
        async (where: Parameters<typeof get>[0]) => {
          if (where === undefined || !numbers.includes(where.issue_number)) return get(where);
          throw Object.assign(new Error("This issue was deleted"), {
            name: "HttpError",
            status: 410,
            response: { headers: {} },
          });
        },
        { defaults: get.defaults, endpoint: get.endpoint },
      );
      return { ...octokit, rest: { ...octokit.rest, issues: { ...octokit.rest.issues, get: lacking } } };
    },
  };
}

async function repair(app: AppDeps = fleet.deps): Promise<Reconciled> {
  const result = await reconcile({
    app,
    findStories: () => findStories(fleet.planning, {}),
    forget: async () => {},
    log: world.log,
  });
  await fleet.settle();
  return result;
}

test("what people did while nobody listened is found, made good and told; a second look finds nothing", async () => {
  const owner = world.as("olga").rest;
  const { title, body } = aStory();
  const { data: issue } = await owner.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
  issue_number = issue.number;
  await fleet.settle();
  expect((await repair()).repairs).toEqual([]);

  await unheard(() => owner.issues.update({ ...shop, issue_number, title: "Reject coupons that are over" }));
  await unheard(() => owner.issues.addLabels({ ...shop, issue_number, labels: ["story/done"] }));
  const found = await repair();
  expect(found.repairs.map(({ what }) => what)).toEqual(["text", "labels"]);
  expect((await story())?.title).toBe("Reject coupons that are over");
  const { data: labels } = await owner.issues.listLabelsOnIssue({ ...shop, issue_number });
  expect(labels.map((label) => label.name).toSorted()).toEqual(["fleet:story", "story/draft"]);
  expect(await repair()).toEqual({ stories: 1, repairs: [], failed: 0 });
});

test("heads, reviews and merges that were missed go their road", async () => {
  await say("olga", issue_number, "/submit");
  await say("olga", issue_number, "/approve");
  await say("dev", issue_number, "- [ ] Check the date (developer, 2h, covers 1 2)");
  await say("olga", issue_number, "/approve");
  const { issueNumber, branch } = (await task()) ?? {};
  await say("dev", issueNumber ?? 0, "/claim");
  const developer = world.as("dev").rest;
  const { data: main } = await developer.git.getRef({ ...shop, ref: "heads/main" });
  await developer.git.createRef({ ...shop, ref: `refs/heads/${branch}`, sha: main.object.sha });
  const push = (path: string) =>
    developer.repos.createOrUpdateFileContents({ ...shop, path, branch: branch ?? "", message: path, content: "eA==" });
  await push("a.ts");
  await fleet.settle();
  const pull_number = (await task())?.pullRequest ?? 0;
  const whats = async () => (await repair()).repairs.map(({ what }) => what);

  const before = (await task())?.headSha;
  await unheard(() => push("b.ts"));
  expect(await whats()).toEqual(["head"]);
  expect((await task())?.headSha).not.toBe(before);
  expect((await task())?.authors).toEqual([`human:${world.people["dev"]?.id}`]);

  // GitHub's times have whole seconds: a review in the second of the state's beginning is not told from one before.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await unheard(() => world.as("arno").rest.pulls.createReview({ ...shop, pull_number, event: "APPROVE", body: "" }));
  expect(await whats()).toEqual(["review"]);
  expect((await task())?.state).toBe("pending-qa");
  expect(await whats()).toEqual([]);

  await unheard(() => world.as("olga").rest.pulls.merge({ ...shop, pull_number }));
  expect(await whats()).toEqual(["merged"]);
  expect((await task())?.merged).toBe(true);
});

test("a story that was closed as not planned is cancelled by whoever closed it", async () => {
  const { title, body } = aStory();
  const owner = world.as("olga").rest;
  const { data: issue } = await owner.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
  issue_number = issue.number;
  await fleet.settle();
  await unheard(() => owner.issues.update({ ...shop, issue_number, state: "closed", state_reason: "not_planned" }));
  expect((await repair()).repairs.map(({ what }) => what)).toContain("closed");
  expect((await story())?.state).toBe("archived");
});

test("a task whose issue was closed as not planned is cancelled, and one whose issue is gone gets another", async () => {
  const { title, body } = aStory();
  const { data: issue } = await world.as("olga").rest.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
  issue_number = issue.number;
  await fleet.settle();
  await say("olga", issue_number, "/submit\n/approve");
  await say("dev", issue_number, "- [ ] One (developer, 2h, covers 1)\n- [ ] Two (developer, 2h, covers 2)");
  await say("olga", issue_number, "/approve");
  const tasks = () => findTasks(fleet.workflow, { storyId: storyId(world.ref.repository, issue_number) });
  const [one, two] = await tasks();
  const close = { ...shop, issue_number: one?.issueNumber ?? 0, state: "closed", state_reason: "not_planned" } as const;
  await unheard(() => world.as("olga").rest.issues.update(close));
  const { repairs } = await repair(without([two?.issueNumber ?? 0]));
  expect(repairs.filter(({ number }) => number !== issue_number).map(({ what }) => what)).toEqual(["closed", "gone"]);
  const [closed, gone] = await tasks();
  expect(closed?.state).toBe("cancelled");
  expect(gone?.state).toBe("todo");
  // It is still there, really, and so is found again; the story's people hear of it all the same.
  expect(gone?.issueNumber).toBe(two?.issueNumber);
  const { data: said } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number });
  expect(said.filter(({ body: text }) => text?.includes("was deleted"))).toHaveLength(1);
  expect((await repair()).repairs).toEqual([]);
});

test("a story whose issue is gone is archived, once", async () => {
  const { title, body } = aStory();
  const { data: issue } = await world.as("olga").rest.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
  issue_number = issue.number;
  await fleet.settle();
  const app = without([issue_number]);
  expect((await repair(app)).repairs).toContainEqual({
    repository: world.ref.repository,
    number: issue_number,
    what: "gone",
  });
  expect((await story())?.state).toBe("archived");
  expect((await repair(app)).repairs).toEqual([]);
});
