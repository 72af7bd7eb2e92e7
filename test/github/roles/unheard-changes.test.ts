import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createMemoryEpochs } from "../../../src/github/client/epochs.ts";
import { createRepositoryConfigurations } from "../../../src/github/configuration/repository-configuration.ts";
import { createRoleResolver, type Roles } from "../../../src/github/roles/role-resolver.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

/** What was read is taken for fresh, as in production, and no webhook is ever heard: nobody listens for them here. */
const shop = { owner: "acme", repo: "shop" };
const fleetYml = "roles: { architect: ['@acme/architects'], qa: [], developer: ['@acme/developers'] }\n";
const minute = 60_000;

let world: LocalWorld;
let roles: Roles;
let now = Date.now();
const clock = () => now;

beforeAll(async () => {
  world = await startWorld({ ".github/fleet.yml": fleetYml }, { epochs: createMemoryEpochs(), clock });
  world.github.addTeam("acme", "engineering", []);
  world.github.addTeam("acme", "developers", [], { parent: "engineering" });
});
afterAll(() => world.close());
beforeEach(() => {
  const store = { load: async () => null, save: async () => {} };
  const configurations = createRepositoryConfigurations({ octokitFor: world.octokitFor, store, log: world.log, clock });
  roles = createRoleResolver({ octokitFor: world.octokitFor, configurationOf: configurations.of, clock });
});

const rolesOf = async (login: string) => {
  const answer = await roles.of(world.ref, { id: world.people[login]?.id ?? 0, login });
  return answer.known ? answer.roles : answer.why;
};

test("who leaves a team has lost the role within a minute, and who joins it, a nested one too, has it", async () => {
  expect([await rolesOf("arno"), await rolesOf("dev")]).toEqual([["architect"], []]);
  await world
    .as("olga")
    .rest.teams.removeMembershipForUserInOrg({ org: "acme", team_slug: "architects", username: "arno" });
  world.github.addTeam("acme", "frontend", ["dev"], { parent: "developers" });
  now += minute - 1;
  expect([await rolesOf("arno"), await rolesOf("dev")]).toEqual([["architect"], []]);
  now += 2;
  expect([await rolesOf("arno"), await rolesOf("dev")]).toEqual([[], ["developer"]]);
});

test("a permission that was taken away counts no longer after a minute", async () => {
  const give = (permission: string) =>
    world.as("olga").rest.repos.addCollaborator({ ...shop, username: "quinn", permission });
  expect(await rolesOf("quinn")).toEqual([]);
  await give("maintain");
  now += minute + 1;
  expect(await rolesOf("quinn")).toEqual(["product-owner"]);
  await give("push");
  now += minute + 1;
  expect(await rolesOf("quinn")).toEqual([]);
});

test("a role that fleet.yml does not give any more counts no longer after a minute", async () => {
  world.github.addTeam("acme", "developers", ["dev"]);
  expect(await rolesOf("dev")).toEqual(["developer"]);
  const olga = world.as("olga").rest.repos;
  const file = { ...shop, path: ".github/fleet.yml" };
  const { data } = await olga.getContent(file);
  const content = Buffer.from("roles: { architect: ['@acme/architects'], qa: [], developer: [] }\n").toString("base64");
  const sha = "sha" in data ? data.sha : "";
  await olga.createOrUpdateFileContents({ ...file, message: "Nobody develops", content, sha });
  now += minute + 1;
  expect(await rolesOf("dev")).toEqual([]);
});

test("to ask again what has not changed costs nothing of the hour's requests, for members and for all others", async () => {
  const ask = async () => [await rolesOf("arno"), await rolesOf("olga"), await rolesOf("guest")];
  await ask();
  now += minute + 1;
  await ask();
  const used = { ...world.github.installationUse };
  now += minute + 1;
  await ask();
  const { notModified, ...others } = world.github.installationUse;
  expect(others).toEqual({ content: used.content, edits: used.edits, reads: used.reads });
  expect(notModified).toBeGreaterThan(used.notModified);
});
