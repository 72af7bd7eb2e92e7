import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkActions, commandOfAction } from "../../src/github/present/check-actions.ts";
import { checkRunNames } from "../../src/github/write/ensure-check-run.ts";
import { storyId } from "../../src/kernel/ids.ts";
import { findTasks } from "../../src/workflow/application/find-tasks.ts";
import { startFleet } from "./support/fleet.ts";
import { type LocalWorld, startWorld } from "./support/local-world.ts";
import { aCouncil, aStory } from "./support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const fleetYml =
  "roles: { product-owner: [olga], architect: [arno], qa: [quinn], developer: [dev], devops: [], data: [] }\n";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let issue_number: number;

const task = async () => {
  const [found] = await findTasks(fleet.workflow, { storyId: storyId(world.ref.repository, issue_number) });
  if (found === undefined) throw new Error("there is no task");
  return found;
};

/** A story whose task's pull request, made by a council, waits for the architect. */
beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  fleet = await startFleet(world, { start: "command", available: true, maxRounds: 3 });
  const { title, body } = aStory();
  const { data } = await world.as("olga").rest.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
  issue_number = data.number;
  await fleet.settle();
  await comment("olga", issue_number, "/submit");
  await comment("olga", issue_number, "/approve");
  await comment("dev", issue_number, "- [ ] Check the date (covers 1 2)");
  await comment("olga", issue_number, "/approve");
  await comment("dev", (await task()).issueNumber ?? 0, "/council");
  const { id } = await task();
  const { data: main } = await world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
  fleet.councils.set(id, aCouncil({ id: `${id}-r1`, startSha: main.object.sha }));
  await fleet.write({ kind: "task", taskId: id });
  await fleet.settle();
  expect((await task()).state).toBe("pending-arch-review");
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await fleet.close();
  await world.close();
});

async function comment(login: string, number: number, body: string): Promise<void> {
  await world.as(login).rest.issues.createComment({ ...shop, issue_number: number, body });
  await fleet.settle();
}

async function runOf(name: string, ref?: string) {
  const { data } = await world.on.octokit.rest.checks.listForRef({
    ...shop,
    ref: ref ?? (await task()).headSha ?? "",
    check_name: name,
  });
  const [run] = data.check_runs;
  if (run === undefined) throw new Error(`there is no ${name}`);
  return run;
}

/** Presses a button and returns the reasons, or "answer", of what the fleet replied to it. */
async function press(login: string, name: string, identifier: string, ref?: string): Promise<string[]> {
  const before = await repliesToButtons();
  world.github.pressCheckRun(login, (await runOf(name, ref)).id, identifier);
  await fleet.settle();
  return (await repliesToButtons())
    .slice(before.length)
    .map((body) => /reason: `([a-z-]+)`/.exec(body)?.[1] ?? "answer");
}

async function repliesToButtons(): Promise<string[]> {
  const { data } = await world
    .as("olga")
    .rest.issues.listComments({ ...shop, issue_number: (await task()).pullRequest ?? 0, per_page: 100 });
  return data.map(({ body = "" }) => body).filter((body) => body.includes("fleet:reply button-"));
}

const { approve, claim, takeOver, why } = checkActions;
const { council, gate } = checkRunNames;

describe("the table of buttons", () => {
  test("keeps to GitHub's limits", () => {
    for (const { identifier, label, description } of Object.values(checkActions)) {
      expect(identifier.length).toBeLessThanOrEqual(20);
      expect(label.length).toBeLessThanOrEqual(20);
      expect(description.length).toBeLessThanOrEqual(40);
    }
    expect(commandOfAction("lost")).toBeNull();
  });
});

// One task, told in order.
describe.sequential("a button of a check run is a command of whoever presses it", () => {
  test("refused by the same table, with one explaining reply", async () => {
    expect(await press("dev", gate, approve.identifier)).toEqual(["role-missing"]);
    const [reply] = await repliesToButtons();
    expect(reply?.replace(/button-\S+/, "button-…")).toMatchSnapshot();
    expect((await task()).state).toBe("pending-arch-review");
  });

  test("answered where it is a question", async () => {
    expect(await press("guest", gate, why.identifier)).toEqual(["answer"]);
  });

  test("claims, approves, and says nothing more than the new state", async () => {
    expect(await press("arno", gate, claim.identifier)).toEqual([]);
    expect((await task()).state).toBe("arch-reviewing");
    expect(await press("arno", gate, approve.identifier)).toEqual([]);
    expect((await task()).state).toBe("pending-qa");
    expect((await task()).approvals).toMatchObject([{ role: "architect", principal: { login: "arno" } }]);
  });

  test("is offered only where the state machine has its step", async () => {
    const { id } = await runOf(council);
    expect(() => world.github.pressCheckRun("dev", id, takeOver.identifier)).toThrow();
    await comment("quinn", (await task()).pullRequest ?? 0, "/reject Criterion 2 is not met by it.");
    expect((await task()).state).toBe("qa-failed");
    expect(() => world.github.pressCheckRun("dev", id, approve.identifier)).toThrow();
  });

  test("takes the task over from the council; delivered again it has no second effect", async () => {
    expect(await press("dev", council, takeOver.identifier)).toEqual([]);
    const mine = { state: "implementing", assignee: { principal: { login: "dev" } }, round: 2 };
    expect(await task()).toMatchObject(mine);
    const last = fleet.deliveries.findLast(({ rawBody }) => rawBody.includes(`"identifier":"${takeOver.identifier}"`));
    if (last === undefined) throw new Error("there is no such delivery");
    await fleet.receive(last);
    await fleet.settle();
    expect(await task()).toMatchObject(mine);
  });

  test("on an old commit approves only what stands there", async () => {
    const old = (await task()).headSha ?? "";
    const { branch } = await task();
    const content = Buffer.from("// mine\n").toString("base64");
    await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: "src/mine.ts",
      branch,
      message: "Mine",
      content,
    });
    await fleet.settle();
    expect((await task()).state).toBe("pending-arch-review");
    expect(await press("arno", gate, approve.identifier, old)).toEqual(["tree-changed"]);
    expect(await press("arno", gate, approve.identifier)).toEqual([]);
    expect((await task()).state).toBe("pending-qa");
  });

  test("that this version does not know is refused", async () => {
    const { data } = await world.on.octokit.rest.checks.create({
      ...shop,
      name: gate,
      head_sha: (await task()).headSha ?? "",
      actions: [{ identifier: "remind", label: "Remind", description: "Of an older version" }],
    });
    const before = (await repliesToButtons()).length;
    world.github.pressCheckRun("dev", data.id, "remind");
    await fleet.settle();
    expect((await repliesToButtons()).slice(before)[0]).toContain("reason: `unknown-command`");
  });
});
