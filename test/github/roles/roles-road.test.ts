import { afterAll, beforeAll, expect, test } from "vitest";
import { storyId } from "../../../src/kernel/ids.ts";
import { findTasks, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { startFleet } from "../support/fleet.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";
import { aStory } from "../support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const fleetYml =
  "roles: { product-owner: [olga, paul], architect: ['@acme/architects'], qa: [quinn], developer: ['@acme/developers'], devops: [], data: [] }\n";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;

beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  world.github.addTeam("acme", "engineering", []);
  world.github.addTeam("acme", "developers", ["dev"], { parent: "engineering" });
  world.github.addTeam("acme", "frontend", [], { parent: "developers" });
  fleet = await startFleet(world, { start: "command", available: false, maxRounds: 3 });
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await fleet.close();
  await world.close();
});

const rolesOf = (login: string) => fleet.rolesOf(world.ref, { id: world.people[login]?.id ?? 0, login });
const say = async (login: string, issue_number: number, body: string) => {
  await world.as(login).rest.issues.createComment({ ...shop, issue_number, body });
  await fleet.settle();
};

/** A story with one task that `dev` holds. */
async function aClaim() {
  const body = `${aStory().body}\n\n### Plan\n- [ ] Check the date (developer, 2h, covers 1 2)\n`;
  const { data } = await world
    .as("olga")
    .rest.issues.create({ ...shop, title: aStory().title, body, labels: ["fleet:story"] });
  await fleet.settle();
  for (const command of ["/submit", "/approve", "/approve"]) await say("olga", data.number, command);
  const read = async () => {
    const [found] = await findTasks(fleet.workflow, { storyId: storyId(world.ref.repository, data.number) });
    if (found === undefined) throw new Error("there is no task");
    return found;
  };
  const number = (await read()).issueNumber ?? 0;
  await say("dev", number, "/claim");
  expect(await read()).toMatchObject({ state: "implementing", assignee: { principal: { login: "dev" } } });
  const comments = async () =>
    (await world.as("olga").rest.issues.listComments({ ...shop, issue_number: number, per_page: 100 })).data.map(
      (comment) => comment.body ?? "",
    );
  return { read, comments, number };
}

test("members of nested teams hold the role of the team above, at once", async () => {
  expect(await rolesOf("guest")).toEqual({ known: true, roles: [] });
  world.github.addTeam("acme", "frontend", ["guest"]);
  await fleet.settle();
  expect(await rolesOf("guest")).toEqual({ known: true, roles: ["developer"] });
  await world
    .as("olga")
    .rest.teams.removeMembershipForUserInOrg({ org: "acme", team_slug: "frontend", username: "guest" });
  await fleet.settle();
  expect(await rolesOf("guest")).toEqual({ known: true, roles: [] });
});

test("who leaves the team loses the claim, with the reason in the record and a sentence", async () => {
  const { read, comments, number } = await aClaim();
  const team = { org: "acme", team_slug: "developers", username: "dev" };
  await world.as("olga").rest.teams.removeMembershipForUserInOrg(team);
  await fleet.settle();
  expect(await read()).toMatchObject({ state: "todo", assignee: null });
  const record = (await listTaskHistory(fleet.workflow, (await read()).id)).at(-1);
  expect(record).toMatchObject({
    action: "release-task",
    principal: { kind: "system" },
    reason: "@dev no longer holds the role developer.",
  });
  const told = (await comments()).filter((body) => body.includes("fleet:reply claim-"));
  expect(told).toHaveLength(1);
  expect(told[0]?.replace(/<!--.*-->\n/, "")).toMatchInlineSnapshot(`
    "\`@dev\` no longer holds the role developer. So task 1 was given back and is free to be taken.

    The branch \`fleet/1/t1-check-the-date\` and its commits are kept: whoever claims the task next goes on from there."
  `);
  // The same delivery again: no second release, no second sentence.
  const delivery = fleet.deliveries.findLast(({ event }) => event === "membership");
  if (delivery === undefined) throw new Error("nothing was delivered");
  await fleet.receive(delivery);
  await fleet.settle();
  expect((await comments()).filter((body) => body.includes("fleet:reply claim-"))).toHaveLength(1);
  await say("dev", number, "/claim");
  expect((await comments()).at(-1)).toContain("reason: `role-missing`");
  await world.as("olga").rest.teams.addOrUpdateMembershipForUserInOrg(team);
  await fleet.settle();
  await say("dev", number, "/claim");
  expect((await read()).state).toBe("implementing");
});

test("who leaves the organisation loses it too, and so does everybody of a deleted team", async () => {
  const { read, number } = await aClaim();
  await world.as("olga").rest.orgs.removeMember({ org: "acme", username: "dev" });
  await fleet.settle();
  expect((await read()).state).toBe("todo");
  world.github.addTeam("acme", "developers", ["dev"]);
  await fleet.settle();
  await say("dev", number, "/claim");
  expect((await read()).state).toBe("implementing");
  await world.as("olga").rest.teams.deleteInOrg({ org: "acme", team_slug: "developers" });
  await fleet.settle();
  expect((await read()).state).toBe("todo");
  world.github.addTeam("acme", "developers", ["dev"]);
  await fleet.settle();
});

test("a changed fleet.yml changes roles and claims with the push", async () => {
  const { read } = await aClaim();
  const file = { ...shop, path: ".github/fleet.yml", message: "Nobody develops" };
  const { data } = await world.as("olga").rest.repos.getContent(file);
  const sha = "sha" in data ? data.sha : "";
  const content = (text: string) => Buffer.from(text).toString("base64");
  const changed = await world.as("olga").rest.repos.createOrUpdateFileContents({
    ...file,
    sha,
    content: content(fleetYml.replace("developer: ['@acme/developers']", "developer: []")),
  });
  await fleet.settle();
  expect((await read()).state).toBe("todo");
  expect(await rolesOf("dev")).toEqual({ known: true, roles: [] });
  await world.as("olga").rest.repos.createOrUpdateFileContents({
    ...file,
    sha: changed.data.content?.sha ?? "",
    content: content(fleetYml),
  });
  await fleet.settle();
  expect(await rolesOf("dev")).toEqual({ known: true, roles: ["developer"] });
});

test("a suspended person's late command is refused with the reason", async () => {
  const paul = world.github.addUser("paul");
  const { data } = await world
    .as("olga")
    .rest.issues.create({ ...shop, title: aStory().title, body: aStory().body, labels: ["fleet:story"] });
  await fleet.settle();
  await say("olga", data.number, "/submit");
  await say("olga", data.number, "a remark");
  const delivery = fleet.deliveries.findLast(({ rawBody }) => rawBody.includes('"body":"a remark"'));
  const payload = JSON.parse(delivery?.rawBody ?? "");
  const sender = { ...payload.sender, id: paul.id, login: paul.login };
  // Whoever is suspended cannot comment any more: this was on its way before.
  const late = { ...payload, sender, comment: { ...payload.comment, user: sender, body: "/approve" } };
  world.github.suspendUser("paul", true);
  await fleet.receive({ id: "late", event: "issue_comment", rawBody: JSON.stringify(late) });
  await fleet.settle();
  const { data: comments } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: data.number });
  expect(comments.at(-1)?.body?.replace(/<!--.*-->\n/, "")).toMatchInlineSnapshot(`
    "\`@paul\`, \`/approve\` was not done.

    **Why:** "approve-scope" is for product-owner; \`@paul\` has no role \\(GitHub knows no such account any more\\). Who can: the product owner.
    **Next:** Ask product-owner to do it.

    <sub>reason: \`role-missing\`</sub>"
  `);
});

test("in a repository of a person there are no teams: logins work, and the owner is product owner and architect", async () => {
  const { github, probot } = world;
  github.addUser("solo");
  await github.addRepository("solo", "tool", { collaborators: { guest: "write" } });
  const { data: app } = await (await probot.auth()).rest.apps.getAuthenticated();
  const installation = github.installApp(app?.id ?? 0, "solo", ["tool"]);
  await fleet.settle();
  const [standing] = await fleet.repositories.in(installation);
  if (standing === undefined) throw new Error("the repository is not known");
  expect(standing).toMatchObject({ paused: null, missing: [] });
  const solo = github.addUser("solo");
  expect(await fleet.rolesOf(standing, solo)).toEqual({ known: true, roles: ["product-owner", "architect"] });
  const guest = world.people["guest"];
  if (guest === undefined) throw new Error("there is no guest");
  expect(await fleet.rolesOf(standing, guest)).toEqual({ known: true, roles: ["qa", "developer"] });
});
