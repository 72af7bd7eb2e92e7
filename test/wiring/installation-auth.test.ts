import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Octokit } from "@octokit/rest";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { permissions } from "../../src/github/registry.ts";
import { refreshToken } from "../../src/github/repositories/read-installation.ts";
import { connectGitHub } from "../../src/wiring/connect-github.ts";
import { type LocalWorld, startWorld } from "../github/support/local-world.ts";

const shop = { owner: "acme", repo: "shop" };
const stock = { owner: "acme", repo: "stock" };
const { members, ...inRepositories } = permissions;
const asked = z.object({
  requestBody: z.object({
    repositories: z.array(z.string()).optional(),
    permissions: z.record(z.string(), z.string()),
  }),
  body: z.object({ token: z.string().optional() }),
});

describe("an installation's tokens", () => {
  let world: LocalWorld;
  const given: z.infer<typeof asked>[] = [];

  beforeAll(async () => {
    world = await startWorld();
    await world.github.addRepository("acme", "stock", { private: true });
    const { data: app } = await (await world.probot.auth()).rest.apps.getAuthenticated();
    world.github.installApp(app?.id ?? 0, "acme", ["stock"]);
    world.github.observe((exchange) => {
      if (exchange.kind === "response" && exchange.operation === "apps/create-installation-access-token")
        given.push(asked.parse(exchange));
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await refreshToken(world.on.octokit);
    given.length = 0;
  });

  const raw = (index: number) =>
    new Octokit({
      baseUrl: `${world.github.url}/api/v3`,
      auth: given[index]?.body.token,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });

  test("are one for each repository, good for what the App does there and for nothing else", async () => {
    const { rest } = world.on.octokit;
    await rest.issues.create({ ...shop, title: "One" });
    await rest.issues.create({ ...stock, title: "Two" });
    await Promise.all([
      rest.repos.get(shop),
      rest.issues.listForRepo({ ...shop, state: "all" }),
      rest.repos.get(stock),
    ]);
    expect(given.map(({ requestBody }) => requestBody)).toEqual([
      { repositories: ["shop"], permissions: inRepositories },
      { repositories: ["stock"], permissions: inRepositories },
    ]);
    expect((await raw(0).issues.listForRepo(shop)).status).toBe(200);
    await expect(raw(0).issues.listForRepo(stock)).rejects.toMatchObject({ status: 404 });
    await expect(raw(0).teams.list({ org: "acme" })).rejects.toMatchObject({ status: 403 });
  });

  test("of people and of the list of repositories open no repository", async () => {
    const { rest } = world.on.octokit;
    const { data } = await rest.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map(({ name }) => name)).toEqual(["shop", "stock"]);
    expect((await rest.teams.listMembersInOrg({ org: "acme", team_slug: "architects" })).data).toHaveLength(1);
    expect(given).toEqual([]);
    await refreshToken(world.on.octokit);
    expect(given.map(({ requestBody }) => requestBody)).toEqual([{ permissions: { metadata: "read", members } }]);
    await expect(raw(0).issues.listForRepo(shop)).rejects.toMatchObject({ status: 403 });
  });

  test("show what an issue waits for in another repository", async () => {
    const { rest } = world.on.octokit;
    const { data: blocked } = await rest.issues.create({ ...shop, title: "Waits" });
    const { data: blocker } = await rest.issues.create({ ...stock, title: "First" });
    const at = { ...shop, issue_number: blocked.number };
    await world.as("olga").rest.issues.addBlockedByDependency({ ...at, issue_id: blocker.id });
    expect((await rest.issues.listDependenciesBlockedBy(at)).data.map(({ title }) => title)).toEqual(["First"]);
    const ofShop = given.findIndex(({ requestBody }) => requestBody.repositories?.[0] === "shop");
    expect((await raw(ofShop).issues.listDependenciesBlockedBy(at)).data).toEqual([]);
  });

  test("have what was granted while the rest is not, and all of it once it is", async () => {
    const { checks, statuses: _, ...less } = permissions;
    world.github.grantPermissions(world.ref.installation, { ...less, contents: "read" });
    const { rest } = world.on.octokit;
    await refreshToken(world.on.octokit);
    await rest.repos.get(shop);
    const { statuses: __, checks: ___, ...held } = inRepositories;
    expect(given.at(-1)?.requestBody).toEqual({ repositories: ["shop"], permissions: { ...held, contents: "read" } });
    world.github.grantPermissions(world.ref.installation, null);
    await refreshToken(world.on.octokit);
    await rest.repos.get(shop);
    expect(given.at(-1)?.requestBody.permissions["checks"]).toBe(checks);
  });

  test("lead on from a repository's former name", async () => {
    await world.as("olga").rest.repos.update({ ...shop, name: "store" });
    await refreshToken(world.on.octokit);
    const { data } = await world.on.octokit.rest.repos.get(shop);
    expect(data.name).toBe("store");
  });
});

test("a server that cannot narrow a token gives a whole one, which is said", async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    const isToken = request.url?.endsWith("/access_tokens") === true;
    if (isToken) bodies.push(body);
    const refused = isToken && body !== "" && body !== "{}";
    const token = { token: "ghs_x", expires_at: new Date(Date.now() + 3_600_000).toISOString(), permissions: {} };
    response.writeHead(refused ? 422 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(refused ? { message: "no" } : isToken ? token : { id: 7 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const warned: string[] = [];
  const key = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const logger = pino({ level: "warn" }, { write: (line: string) => void warned.push(JSON.parse(line).msg) });
  const github = connectGitHub(
    { appId: 1, privateKey: key, webhookSecrets: ["a secret of this test"] },
    { host: `127.0.0.1:${port}`, protocol: "http" },
    logger,
  );
  const client = await github.octokitFor(7);
  await client.rest.repos.get(shop);
  await client.rest.repos.get(shop);
  server.close();
  expect(bodies.map((body) => (body === "" ? {} : JSON.parse(body)))).toEqual([
    { repositories: ["shop"], permissions: inRepositories },
    { permissions: inRepositories },
    {},
  ]);
  expect(warned).toEqual(["GitHub narrows no token here: the installation's whole one is used"]);
});
