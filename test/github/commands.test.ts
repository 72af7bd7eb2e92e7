import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliberationsOf } from "../../src/deliberation/application/find-deliberations.ts";
import { storyId } from "../../src/kernel/ids.ts";
import { getStory } from "../../src/planning/application/find-stories.ts";
import { findDecisions } from "../../src/planning/application/record-decision.ts";
import { findTasks } from "../../src/workflow/application/find-tasks.ts";
import { startFleet } from "./support/fleet.ts";
import { type LocalWorld, startWorld } from "./support/local-world.ts";
import { aStory } from "./support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const policy = { start: "command", available: true, maxRounds: 3 } as const;
const fleetYml =
  "roles: { product-owner: [olga], architect: [arno], qa: [quinn], developer: [dev], devops: [], data: [] }\n";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let issue_number: number;
/** Whether the fleet cannot reach GitHub. */
let unreachable = false;

beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  const octokitFor = (id: number) =>
    unreachable ? Promise.reject(new Error("GitHub does not answer")) : world.octokitFor(id);
  fleet = await startFleet({ ...world, octokitFor }, policy);
  const { title, body } = aStory();
  const { data } = await world.as("olga").rest.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
  issue_number = data.number;
  await fleet.settle();
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await fleet.close();
  await world.close();
});

const story = async () => {
  const found = await getStory(fleet.planning, storyId(world.ref.repository, issue_number));
  if (found === null) throw new Error("there is no story");
  return found;
};
const task = async () => {
  const found = (await findTasks(fleet.workflow, { storyId: (await story()).id })).at(-1);
  if (found === undefined) throw new Error("there is no task");
  return found;
};
const councils = async () => deliberationsOf(fleet.deliberation, (await story()).id);

/** What the fleet answered to a comment: the reasons of refusals, "answer" for texts; and how it reacted. */
async function outcomeOf(login: string, comment_id: number, number: number): Promise<string[]> {
  await fleet.settle();
  const { data: reactions } = await world.as(login).rest.reactions.listForIssueComment({ ...shop, comment_id });
  const { data } = await world.as(login).rest.issues.listComments({ ...shop, issue_number: number, per_page: 100 });
  const replies = data
    .filter((each) => each.body?.includes(`fleet:reply comment-${comment_id}-`))
    .map((each) => /reason: `([a-z-]+)`/.exec(each.body ?? "")?.[1] ?? "answer");
  return [...reactions.map((reaction) => reaction.content).toSorted(), ...replies];
}

async function say(login: string, number: number, body: string): Promise<string[]> {
  const { data: said } = await world.as(login).rest.issues.createComment({ ...shop, issue_number: number, body });
  return outcomeOf(login, said.id, number);
}

/** What the fleet has said on the story, with what it says to a command. */
async function texts(login: string, body: string): Promise<readonly string[]> {
  await say(login, issue_number, body);
  return botTexts();
}

async function botTexts(): Promise<readonly string[]> {
  const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number, per_page: 100 });
  return data.filter(({ user }) => user?.type === "Bot").map(({ body = "" }) => body);
}

async function statusComment(): Promise<string> {
  return (await botTexts()).find((text) => text.includes("### Story:")) ?? "";
}

const done = ["eyes", "rocket"];
const refused = (reason: string) => ["eyes", reason];
const answered = ["eyes", "answer"];

async function write(login: string, branch: string, path: string, text: string): Promise<void> {
  const { data: known } = await world
    .as(login)
    .rest.repos.getContent({ ...shop, path, ref: branch })
    .catch(() => ({ data: null }));
  const sha = known !== null && "sha" in known ? { sha: known.sha } : {};
  const change = { message: `Write ${path}`, content: base64(text), ...sha };
  await world.as(login).rest.repos.createOrUpdateFileContents({ ...shop, path, branch, ...change });
  await fleet.settle();
}

// One story, told in order: each test goes on from the one before.
describe.sequential("commands on a story", () => {
  test("/submit, /approve and /decide; what is decided affects the story", async () => {
    expect(await say("guest", issue_number, "/decide Times are in UTC.")).toEqual(refused("role-missing"));
    expect(await say("olga", issue_number, "/decide no")).toEqual(refused("feedback-missing"));
    expect(await say("dev", issue_number, "/decide Times are in UTC. The shop has one clock.")).toEqual(answered);
    expect(await say("olga", issue_number, "/decide The total is never negative.\n/submit\n/approve")).toEqual(done);
    expect(await findDecisions(fleet.planning, (await story()).id)).toMatchObject([
      { title: "Times are in UTC.", status: "proposed", category: "stated", author: { login: "dev" } },
      { title: "The total is never negative.", status: "approved", author: { login: "olga" } },
    ]);
    expect((await story()).state).toBe("ready-for-planning");
  });

  test("a proposed decision is approved or rejected by its name, and the status comment shows how it stands", async () => {
    const decisions = async () =>
      (await findDecisions(fleet.planning, (await story()).id)).map(({ number, status }) => `D${number} ${status}`);
    expect(await statusComment()).toContain(
      "- **D1** Times are in UTC. (proposed by `@dev`; the whole story) Waits for the product owner or the architect: `/approve D1` or `/reject D1 <why>`.",
    );
    const help = await texts("arno", "/help");
    expect(help.at(-1)).toContain(
      "Judge the proposed decision D1: Times are in UTC. (`/approve D1`, or `/reject D1 <why>`)",
    );
    expect(await say("dev", issue_number, "/approve D1")).toEqual(refused("role-missing"));
    expect(await say("arno", issue_number, "/reject D1 no")).toEqual(refused("feedback-missing"));
    expect(await say("arno", issue_number, "/approve D9")).toEqual(refused("unknown-decision"));
    expect(await say("arno", issue_number, "/approve D1.")).toEqual(done);
    expect(await say("olga", issue_number, "/reject decision 1: we sell in three zones")).toEqual(
      refused("not-in-this-state"),
    );
    expect(await say("dev", issue_number, "/decide Every price is rounded up.")).toEqual(answered);
    expect(await say("olga", issue_number, "/reject D3 They are rounded to even.")).toEqual(done);
    expect(await decisions()).toEqual(["D1 approved", "D2 approved", "D3 rejected"]);
    expect((await story()).state).toBe("ready-for-planning");
    const shown = await statusComment();
    expect(shown).toContain("- **D1** Times are in UTC. (by `@dev`, approved by `@arno`; the whole story)");
    expect(shown).not.toContain("**D3**");
    expect((await texts("dev", "/why")).at(-1)).toContain("rejected by `@olga`: They are rounded to even.");
  });

  test("/council n asks for a plan by n members; /stop ends it at once; /resume begins it anew", async () => {
    expect(await say("dev", issue_number, "/council 9")).toEqual(refused("bad-argument"));
    expect(await say("dev", issue_number, "/council 5")).toEqual(done);
    expect(fleet.councilJobs.at(-1)?.members).toHaveLength(5);
    expect(await say("guest", issue_number, "/stop")).toEqual(refused("role-missing"));
    expect(await say("dev", issue_number, "/stop")).toEqual(done);
    expect((await councils()).map(({ status, note }) => [status, note])).toEqual([["cancelled", "Stopped by @dev."]]);
    expect(fleet.cancelled).toEqual([`${(await story()).id}-plan-r1`]);
    expect(await say("dev", issue_number, "/stop")).toEqual(refused("nothing-running"));
    expect(await say("dev", issue_number, "/resume")).toEqual(answered);
    expect((await councils()).map(({ status, members }) => [status, members.length])).toEqual([
      ["cancelled", 5],
      ["queued", 5],
    ]);
    expect(await say("dev", issue_number, "/resume")).toEqual(refused("nothing-stopped"));
  });

  test("/budget, /status, /why and /help answer; /context only to those who may see it", async () => {
    expect(await say("guest", issue_number, "/budget\n/status\n/why\n/help")).toEqual([
      "eyes",
      ...Array(4).fill("answer"),
    ]);
    expect(await say("guest", issue_number, "/context")).toEqual(refused("role-missing"));
    expect(await say("dev", issue_number, "/context architect")).toEqual(refused("role-missing"));
    expect(await say("dev", issue_number, "/context boss")).toEqual(refused("bad-argument"));
    expect(await say("dev", issue_number, "/context developer")).toEqual(answered);
    expect(await say("arno", issue_number, "/context --role qa")).toEqual(answered);
  });

  test("a plan in an edited comment counts where the edit changed it", async () => {
    const { data } = await world.as("dev").rest.issues.createComment({ ...shop, issue_number, body: "Wait." });
    await fleet.settle();
    const plan = "- [ ] Check the date (developer, 2h, covers 1 2)";
    await world.as("dev").rest.issues.updateComment({ ...shop, comment_id: data.id, body: plan });
    expect(await outcomeOf("dev", data.id, issue_number)).toEqual(done);
    expect(await say("olga", issue_number, "/approve")).toEqual(done);
    expect((await story()).state).toBe("ready-for-execution");
  });

  test("/carry-over, /continue; what is not possible now says what is", async () => {
    expect(await say("dev", issue_number, "/carry-over")).toEqual(refused("role-missing"));
    expect(await say("olga", issue_number, "/archive")).toEqual(refused("not-in-this-state"));
    expect(await say("olga", issue_number, "/carry-over")).toEqual(done);
    expect(await say("olga", issue_number, "/continue")).toEqual(done);
    expect(await say("olga", issue_number, "/rebase")).toEqual(refused("wrong-place"));
  });
});

describe.sequential("commands on a task", () => {
  const on = async () => (await task()).issueNumber ?? 0;

  test("/assign looks the person up; /release gives back; /claim takes", async () => {
    const number = await on();
    expect(await say("olga", number, "/assign")).toEqual(refused("bad-argument"));
    expect(await say("olga", number, "/assign @nobody-at-all")).toEqual(refused("unknown-person"));
    expect(await say("olga", number, "/assign @guest")).toEqual(refused("unknown-person"));
    expect(await say("olga", number, "/assign @acme")).toEqual(refused("unknown-person"));
    expect(await say("guest", number, "/assign @dev")).toEqual(refused("role-missing"));
    expect(await say("olga", number, "/assign @dev")).toEqual(done);
    expect(await task()).toMatchObject({ state: "implementing", assignee: { principal: { login: "dev" } } });
    expect(await say("olga", number, "/release")).toEqual(refused("not-holder"));
    expect(await say("dev", number, "/release")).toEqual(done);
    expect(await say("dev", number, "/claim")).toEqual(done);
  });

  test("/council, /stop and /resume hand it to a council, take it back at once, and give it again", async () => {
    const number = await on();
    expect(await say("dev", number, "/retry\n/assign council 2")).toEqual(done);
    expect(fleet.councilJobs.at(-1)).toMatchObject({ kind: "implementation", members: [{ number: 1 }, { number: 2 }] });
    expect(await say("dev", number, "/rebase")).toEqual(refused("no-pull-request"));
    expect(await say("dev", number, "/stop")).toEqual(done);
    expect(await task()).toMatchObject({ state: "todo", councilGaveUp: "Stopped by @dev." });
    expect(await say("dev", number, "/resume")).toEqual(answered);
    expect(await task()).toMatchObject({ state: "implementing", assignee: { kind: "council", members: 2 } });
    expect((await councils()).map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled", "queued"]);
    expect(await say("dev", number, "/retry")).toEqual(done);
    expect((await councils()).at(-1), "nobody waits for the council of a task that was begun anew").toMatchObject({
      status: "cancelled",
    });
    expect(await say("dev", number, "/claim")).toEqual(done);
  });

  test("/reject leaves a decision; /revise goes on with a hint", async () => {
    const { branch, id } = await task();
    const { data: main } = await world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
    await world.as("dev").rest.git.createRef({ ...shop, ref: `refs/heads/${branch}`, sha: main.object.sha });
    await write("dev", branch, "src/date.ts", "// new\n");
    const pull = (await task()).pullRequest ?? 0;
    expect(await say("dev", pull, "/revise use a table")).toEqual(refused("not-in-this-state"));
    expect(await say("arno", pull, '/reject "Put the check into one place."')).toEqual(done);
    expect(await findDecisions(fleet.planning, (await story()).id)).toContainEqual(
      expect.objectContaining({
        taskId: id,
        category: "review",
        title: "Design rejected: Put the check into one place.",
      }),
    );
    expect(await say("dev", pull, "/revise Keep it in one table.")).toEqual(done);
    expect((await task()).feedback.map(({ text }) => text)).toEqual([
      "Put the check into one place.",
      "Keep it in one table.",
    ]);
  });

  test("/rebase merges the base into the branch, and says honestly where that conflicts", async () => {
    const { branch } = await task();
    const pull = (await task()).pullRequest ?? 0;
    expect(await say("guest", pull, "/rebase")).toEqual(refused("role-missing"));
    await write("arno", "main", "README.md", "# Shop\n");
    expect(await say("dev", pull, "/rebase")).toEqual(done);
    const { data: merged } = await world.as("dev").rest.repos.getContent({ ...shop, path: "README.md", ref: branch });
    expect(merged).toMatchObject({ type: "file" });
    expect(await say("dev", pull, "/rebase"), "there is nothing to merge any more").toEqual(done);
    await write("arno", "main", "src/coupon.ts", "// theirs\n");
    await write("dev", branch, "src/coupon.ts", "// ours\n");
    expect(await say("dev", pull, "/rebase")).toEqual(refused("merge-conflict"));
  });

  test("/discard gives it up, with the reason", async () => {
    expect(await say("olga", await on(), "/discard no")).toEqual(refused("feedback-missing"));
    expect(await say("olga", await on(), "/discard It is not needed any more.")).toEqual(done);
    expect((await task()).state).toBe("cancelled");
  });
});

describe.sequential("comments", () => {
  test("that are edited run what is new in them; a deleted one does nothing", async () => {
    const { data } = await world.as("dev").rest.issues.createComment({ ...shop, issue_number, body: "/status" });
    expect(await outcomeOf("dev", data.id, issue_number)).toEqual(answered);
    await world.as("dev").rest.issues.updateComment({ ...shop, comment_id: data.id, body: "/status\n/why" });
    expect(await outcomeOf("dev", data.id, issue_number)).toEqual(["eyes", "answer", "answer"]);
    await world.as("dev").rest.issues.updateComment({ ...shop, comment_id: data.id, body: "/why\n\nThank you." });
    expect(await outcomeOf("dev", data.id, issue_number)).toEqual(["eyes", "answer", "answer"]);
    await world.as("dev").rest.issues.deleteComment({ ...shop, comment_id: data.id });
    await fleet.settle();
  });

  test("with many commands run ten and say so; hidden and unknown ones are explained", async () => {
    expect(await say("dev", issue_number, "/status\n".repeat(12))).toEqual(["eyes", ...Array(11).fill("answer")]);
    expect(await say("dev", issue_number, "/app\u200Brove\n/aprove")).toEqual(["eyes", "answer", "answer"]);
    expect(await say("dev", issue_number, `/approve\n\n${"- ".repeat(30_000)}`)).toEqual(answered);
  });

  test("on what is no story of ours are passed over in silence", async () => {
    const { data } = await world.as("olga").rest.issues.create({ ...shop, title: "A plain issue", body: "Nothing." });
    await fleet.settle();
    expect(await say("olga", data.number, "/approve\n/help")).toEqual([]);
    expect(await say("guest", data.number, "/submit")).toEqual([]);
  });
});

describe.sequential("a sender", () => {
  const payload = (id: number, body: string, change: object) => ({
    action: "created",
    installation: { id: world.ref.installation },
    repository: { id: world.ref.repository, name: "shop", owner: { login: "acme" } },
    issue: { number: issue_number, title: "t", body: "b", user: null, labels: [], updated_at: "2020-01-01T00:00:00Z" },
    comment: { id, body, created_at: "2026-01-01T10:00:00Z", user: null, performed_via_github_app: null },
    sender: { id: world.people["dev"]?.id, login: "dev", type: "User" },
    ...change,
  });
  const send = (id: number, body: string, change: object) =>
    fleet.receive({ id: `sent-${id}`, event: "issue_comment", rawBody: JSON.stringify(payload(id, body, change)) });
  const asked = () => fleet.waiting.splice(0).map((job) => job.name.replace(/^write /, ""));

  test("whose account is gone asks for nothing; neither does the fleet itself", async () => {
    await send(1, "/approve", { sender: null });
    expect(asked()).toEqual([]);
  });

  test("that is an app without a role is answered once an issue, and never runs", async () => {
    const robot = { sender: { id: 4711, login: "robot[bot]", type: "Bot" } };
    await send(2, "/approve", robot);
    await send(3, "/status", robot);
    expect(asked()).toEqual([`reply-${world.ref.repository}-app-4711-on-${issue_number}`]);
  });

  test("whose roles cannot be looked up is told that it was the look-up", async () => {
    unreachable = true;
    await send(4_000, "/decide Times are in UTC.", { sender: { id: world.people["quinn"]?.id, login: "quinn" } });
    unreachable = false;
    await fleet.settle();
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number, per_page: 100 });
    const reply = data.find((each) => each.body?.includes("fleet:reply comment-4000-0"))?.body;
    expect(reply).toContain("reason: `roles-unknown`");
    expect(reply).toContain("could not be looked up");
  });
});

test("every delivery once more changes nothing: nothing is stopped, resumed or decided twice", async () => {
  const before = { events: fleet.events.length, task: await task(), story: await story() };
  const comments = fleet.deliveries.filter(({ event }) => event === "issue_comment");
  for (const delivery of comments) await fleet.receive(delivery);
  await fleet.settle();
  expect(fleet.events.slice(before.events).map((event) => event.type)).toEqual([]);
  expect([(await task()).state, (await story()).state]).toEqual([before.task.state, before.story.state]);
});
