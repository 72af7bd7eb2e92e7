import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { permissions } from "../../../src/github/registry.ts";
import { followPaused } from "../../../src/github/repositories/follow-repositories.ts";
import { storyId } from "../../../src/kernel/ids.ts";
import { getStory } from "../../../src/planning/application/find-stories.ts";
import { attachValidator } from "../../playground/github/response-validator.ts";
import { startFleet } from "../support/fleet.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";
import { aStory } from "../support/samples.ts";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let validator: ReturnType<typeof attachValidator>;
let shop: { owner: string; repo: string };
let issue_number: number;

beforeAll(async () => {
  world = await startWorld();
  validator = attachValidator(world.github);
  fleet = await startFleet(world, { start: "command", available: false, maxRounds: 3 });
  shop = { owner: "acme", repo: "shop" };
  const { data } = await world
    .as("olga")
    .rest.issues.create({ ...shop, title: aStory().title, body: aStory().body, labels: ["fleet:story"] });
  issue_number = data.number;
  await fleet.settle();
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  expect(validator.violations()).toEqual([]);
  await fleet.close();
  await world.close();
});
beforeEach(() => {
  fleet.waiting.length = 0;
});

const olga = () => world.as("olga").rest;
const app = async () => (await world.probot.auth()).rest.apps;
const standing = () => fleet.repositories.of(world.ref.repository);
const story = () => getStory(fleet.planning, storyId(world.ref.repository, issue_number));
const sticky = async () => {
  const { data } = await olga().issues.listComments({ ...shop, issue_number });
  return data.find((comment) => comment.body?.includes("<!-- fleet:story -->"))?.body ?? "";
};
/** Makes what GitHub shows of the story differ from the graph, and says whether the fleet put it right again. */
const removeSticky = async () => {
  const { data } = await olga().issues.listComments({ ...shop, issue_number });
  const found = data.find((comment) => comment.body?.includes("<!-- fleet:story -->"));
  if (found !== undefined) await olga().issues.deleteComment({ ...shop, comment_id: found.id });
};
const writeStory = async () => {
  await fleet.write({ kind: "story", storyId: storyId(world.ref.repository, issue_number) });
  await fleet.settle();
};

test("the first delivery from a repository makes it known", async () => {
  expect(await standing()).toEqual({ ...world.ref, paused: null, missing: [], shown: true });
});

test("a renamed repository keeps its story, under the new name", async () => {
  await olga().repos.update({ ...shop, name: "store" });
  await fleet.settle();
  expect(await story()).toMatchObject({ owner: "acme", repo: "store" });
  shop = { owner: "acme", repo: "store" };
  expect(await standing()).toMatchObject({ repo: "store", paused: null });
  await olga().issues.createComment({ ...shop, issue_number, body: "/status" });
  await fleet.settle();
  const { data } = await olga().issues.listComments({ ...shop, issue_number });
  expect(data.at(-1)?.body).toContain("fleet:reply");
});

test("an archived repository is left alone and made right when it is taken up again", async () => {
  await removeSticky();
  await olga().repos.update({ ...shop, archived: true });
  // Both are told before the fleet begins; it would be refused what it writes in between.
  await world.github.deliveriesSettled();
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: "archived" });
  const requests = world.github.requests.get("issues/list-comments") ?? 0;
  await writeStory();
  expect(world.github.requests.get("issues/list-comments") ?? 0).toBe(requests);
  await olga().repos.update({ ...shop, archived: false });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: null });
  expect(await sticky()).toContain("### Story: `draft`");
});

test("where the event was missed, one refused write is enough to know", async () => {
  await removeSticky();
  await olga().repos.update({ ...shop, archived: true });
  await world.github.deliveriesSettled();
  fleet.waiting.length = 0;
  await expect(writeStory()).rejects.toMatchObject({ name: "PermanentError" });
  expect(await standing()).toMatchObject({ paused: "archived" });
  await writeStory();
  await olga().repos.update({ ...shop, archived: false });
  await world.github.deliveriesSettled();
  fleet.waiting.length = 0;
  await followPaused(fleet.follow);
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: null });
  expect(await sticky()).toContain("### Story: `draft`");
});

test("a suspended installation pauses, and is taken up again", async () => {
  await (await app()).suspendInstallation({ installation_id: world.ref.installation });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: "suspended" });
  await writeStory();
  await (await app()).unsuspendInstallation({ installation_id: world.ref.installation });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: null });
});

test("a repository that is taken out of the installation pauses, whichever event comes last", async () => {
  const { installation, repository } = world.ref;
  await olga().apps.removeRepoFromInstallationForAuthenticatedUser({
    installation_id: installation,
    repository_id: repository,
  });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: "gone" });
  const removed = fleet.deliveries.findLast(({ event }) => event === "installation_repositories");
  if (removed === undefined) throw new Error("nothing was delivered");
  const { data } = await (await app()).getAuthenticated();
  world.github.installApp(data?.id ?? 0, "acme", ["store"]);
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: null });
  // A late redelivery of the older event: GitHub is asked, not the event.
  await fleet.receive(removed);
  expect(await standing()).toMatchObject({ paused: null });
});

test("missing permissions lead to one issue, and their grant to everything that was missed", async () => {
  const { checks: _, ...less } = permissions;
  world.github.grantPermissions(world.ref.installation, less);
  await fleet.write({ kind: "settings", ref: world.ref });
  await fleet.settle();
  const event = { installation: { id: world.ref.installation }, action: "new_permissions_accepted" };
  await fleet.receive({ id: "asked", event: "installation", rawBody: JSON.stringify(event) });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: null, missing: ["checks: write"] });
  const issues = async () =>
    (await olga().issues.listForRepo({ ...shop, labels: "fleet:attention", state: "all" })).data;
  expect((await issues()).map(({ title, state }) => [title, state])).toEqual([["The fleet needs permissions", "open"]]);
  expect((await issues())[0]?.body?.replaceAll(/<!--.*?-->\n?/g, "").trim()).toMatchInlineSnapshot(`
    "The App asks for permissions that were not granted, so a part of its work cannot be shown here:

    - \`checks: write\`

    **Next:** an owner of the account opens the App's installation (Settings → GitHub Apps → Configure) and accepts the new permissions. Everything is brought up to date right after that, and this issue closes by itself."
  `);
  world.github.grantPermissions(world.ref.installation, null);
  await fleet.settle();
  expect(await standing()).toMatchObject({ missing: [] });
  expect((await issues()).map(({ state }) => state)).toEqual(["closed"]);
});

test("a repository that moves to another account is followed there", async () => {
  world.github.addUser("solo");
  await olga().repos.transfer({ ...shop, new_owner: "solo" });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: "gone" });
  const { data } = await (await app()).getAuthenticated();
  const installation = world.github.installApp(data?.id ?? 0, "solo", ["store"]);
  await fleet.settle();
  expect(await standing()).toMatchObject({ owner: "solo", installation, paused: null });
  expect(await story()).toMatchObject({ owner: "solo", installation });
});

test("the end of the installation is the end of all writes", async () => {
  const now = await standing();
  await (await app()).deleteInstallation({ installation_id: now?.installation ?? 0 });
  await fleet.settle();
  expect(await standing()).toMatchObject({ paused: "uninstalled" });
  await writeStory();
});
