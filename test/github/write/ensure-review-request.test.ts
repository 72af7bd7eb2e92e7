import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultConfiguration } from "../../../src/github/configuration/fleet-configuration.ts";
import { ensureReviewRequest } from "../../../src/github/write/ensure-review-request.ts";
import { asksOwners, reviewsWanted } from "../../../src/github/write/gate-reviewers.ts";
import { readChange } from "../../../src/github/write/read-change.ts";
import { createReviewAsks } from "../../../src/github/write/review-asks.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";
import { aTask } from "../support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const roles = { architect: ["@acme/architects"], qa: ["@acme/testers", "@dev"], "product-owner": ["@olga"] };
const configuration = { ...defaultConfiguration, roles };
let world: LocalWorld;
let pull_number: number;
let sha: string;

beforeAll(async () => {
  world = await startWorld();
  world.github.addTeam("acme", "testers", ["quinn"]);
  const { rest } = world.as("arno");
  const { data: main } = await rest.git.getRef({ ...shop, ref: "heads/main" });
  await rest.git.createRef({ ...shop, ref: "refs/heads/work", sha: main.object.sha });
  const content = Buffer.from("new").toString("base64");
  await rest.repos.createOrUpdateFileContents({ ...shop, path: "a.txt", branch: "work", message: "Work", content });
  // The fleet opens it, so that everybody may be asked.
  const { data } = await world.on.octokit.rest.pulls.create({ ...shop, head: "work", base: "main", title: "Work" });
  pull_number = data.number;
  sha = data.head.sha;
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await world.close();
});
beforeEach(() => {
  world.writes.length = 0;
});

const approval = { principal: { kind: "system" }, tree: "t", at: "2020-01-01T00:00:00.000Z" } as const;
/** By a process that has just started, which leaves it at that when it asks once more, and so does another one. */
async function ask(task: Partial<Task>, asks = createReviewAsks()): Promise<readonly string[]> {
  const wanted = reviewsWanted(aTask(task), configuration);
  expect(await ensureReviewRequest(world.on, pull_number, sha, wanted, asks)).toBe(true);
  const spent = world.writes.length;
  for (const again of [asks, createReviewAsks()])
    expect(await ensureReviewRequest(world.on, pull_number, sha, wanted, again)).toBe(true);
  expect(world.writes).toHaveLength(spent);
  const { data } = await world.as("olga").rest.pulls.listRequestedReviewers({ ...shop, pull_number });
  return [...data.users.map(({ login }) => login), ...data.teams.map(({ slug }) => slug)];
}
async function review(login: string, event: "APPROVE" | "COMMENT"): Promise<number> {
  const { data } = await world.as(login).rest.pulls.createReview({ ...shop, pull_number, event, body: "Read." });
  return data.id;
}

describe("a pull request on its way through the gates", () => {
  test("asks those of the gate that is open, each once, and waits for those of the others no longer", async () => {
    expect(await ask({ state: "pending-arch-review", approvals: [] })).toEqual(["architects"]);
    // Somebody else asked for a person that no gate names: that is nobody's business.
    await world.as("olga").rest.pulls.requestReviewers({ ...shop, pull_number, reviewers: ["quinn"] });

    await review("arno", "COMMENT");
    const approvals = [{ ...approval, role: "architect", reviewId: await review("arno", "APPROVE") }] as const;
    // The architect's words were for the gate before: the team of this one is asked all the same.
    expect(await ask({ state: "pending-qa", approvals })).toEqual(["quinn", "dev", "testers"]);

    await review("quinn", "COMMENT");
    world.writes.length = 0;
    // One of the team has answered; GitHub has taken her request away, and nobody is asked anew.
    await ask({ state: "qa-testing", approvals });
    expect(world.writes).toEqual([]);

    const both = [...approvals, { ...approval, role: "qa", reviewId: await review("quinn", "APPROVE") } as const];
    expect(await ask({ state: "pending-po-approval", approvals: both })).toEqual(["olga"]);
    expect(await ask({ state: "done", approvals: [...both, { ...approval, role: "product-owner" }] })).toEqual([]);
  });

  test("is asked for again by the process that asked before without a look at the reviews, and once for each gate", async () => {
    const asks = createReviewAsks();
    const looks = () => world.github.requests.get("pulls/list-reviews") ?? 0;
    const wanted = (task: Partial<Task>) => reviewsWanted(aTask(task), configuration);
    const now = (task: Partial<Task>) => ensureReviewRequest(world.on, pull_number, sha, wanted(task), asks);
    await now({ state: "pending-arch-review", approvals: [] });
    const approvals = [{ ...approval, role: "architect", reviewId: await review("arno", "APPROVE") }] as const;
    const before = looks();
    await now({ state: "pending-qa", approvals });
    expect(looks()).toBe(before);
    const asked = async () =>
      (await world.as("olga").rest.pulls.listRequestedReviewers({ ...shop, pull_number })).data.teams;
    expect((await asked()).map(({ slug }) => slug)).toEqual(["testers"]);
    // Somebody thinks better of it: nobody insists.
    await world
      .as("olga")
      .rest.pulls.removeRequestedReviewers({ ...shop, pull_number, reviewers: [], team_reviewers: ["testers"] });
    await now({ state: "qa-testing", approvals });
    expect(await asked()).toEqual([]);
  });
});

test("the checks that decide about the tests are waited for by nobody, until somebody of qa takes the tests", () => {
  const byChecks = { ...configuration, gates: { ...configuration.gates, testing: "checks" as const } };
  const at = (state: Task["state"]) => reviewsWanted(aTask({ state }), byChecks).wanted;
  expect(at("pending-qa")).toEqual({ logins: [], teams: [] });
  expect(at("qa-testing")).toEqual({ logins: ["dev"], teams: ["testers"] });
});

test("without a review's id, its time tells which gate it was for; who is of two gates stays asked", () => {
  const one = { ...configuration, roles: { ...roles, qa: ["@acme/architects", "@dev"] } };
  const task = aTask({ state: "pending-qa", approvals: [{ ...approval, role: "architect" }] });
  expect(reviewsWanted(task, one)).toEqual({
    wanted: { logins: ["dev"], teams: ["architects"] },
    over: { logins: [], teams: [] },
    decided: [{ reviewId: undefined, at: approval.at }],
  });
});

describe("owners of paths", () => {
  const ownership = { "src/**": ["@Dev", "quinn", "@acme/Architects"], "*.sql": ["@acme/testers", "olga"] };
  const owned = { ...configuration, paths: { ...configuration.paths, ownership } };
  const change = { paths: ["src/a.ts", "db/1.sql"], authors: ["dev"] };
  const atReview = aTask({ state: "pending-arch-review", approvals: [] });

  test("are asked at the architecture gate beside its role, never those who made the change", () => {
    expect(reviewsWanted(atReview, owned, change).wanted).toEqual({
      logins: ["quinn", "olga"],
      teams: ["architects", "testers"],
    });
    expect(reviewsWanted(atReview, owned, { ...change, paths: ["README.md"] }).wanted).toEqual({
      logins: [],
      teams: ["architects"],
    });
  });

  test("are waited for no longer once the architect has approved, but where they are of the next gate", () => {
    const approvals = [{ ...approval, role: "architect" }] as const;
    const { wanted, over } = reviewsWanted(aTask({ state: "pending-qa", approvals }), owned, change);
    expect(wanted).toEqual({ logins: ["dev"], teams: ["testers"] });
    expect(over).toEqual({ logins: ["quinn", "olga"], teams: ["architects"] });
  });

  test("matter only where paths have some, from the architecture gate on", () => {
    expect(asksOwners(atReview, owned)).toBe(true);
    expect(asksOwners(atReview, configuration)).toBe(false);
    expect(asksOwners(aTask({ state: "implementing", approvals: [] }), owned)).toBe(false);
    const approvals = [{ ...approval, role: "architect" }] as const;
    expect(asksOwners(aTask({ state: "pending-qa", approvals }), owned)).toBe(true);
  });

  test("are found by the change, which is read once a head commit", async () => {
    const asks = createReviewAsks();
    let reads = 0;
    const read = () => {
      reads += 1;
      return readChange(world.on, pull_number);
    };
    const seen = [await asks.change("acme/shop#1", sha, read), await asks.change("acme/shop#1", sha, read)];
    expect(seen[0]).toMatchObject({ paths: ["a.txt"], authors: expect.arrayContaining(["arno"]) });
    expect([seen[1], reads]).toEqual([seen[0], 1]);
    await asks.change("acme/shop#1", "another", read);
    expect(reads).toBe(2);
    await expect(asks.change("acme/shop#1", "third", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
    expect(await asks.change("acme/shop#1", "third", async () => null), "what failed is read again").toBeNull();
  });
});
