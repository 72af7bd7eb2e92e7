import { generateKeyPairSync } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { quietLog, startScene } from "./harness.ts";

describe("who may do what", () => {
  let scene: Awaited<ReturnType<typeof startScene>>;
  let time = Date.now();
  beforeAll(async () => {
    scene = await startScene({ now: () => new Date(time) });
  });
  afterAll(async () => {
    await scene.github.deliveriesSettled();
    expect(scene.validator.violations()).toEqual([]);
    await scene.close();
  });

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${scene.github.url}${path}`, { headers });

  it("says what it is", async () => {
    const response = await get("/api/v3/meta");
    expect(response.headers.get("server")).toBe("local-github (simulated)");
    expect(response.headers.get("x-github-request-id")).toMatch(/[0-9A-F-]{36}/);
    expect(response.headers.get("x-ratelimit-limit")).toBe("5000");
    expect((await scene.bot.rateLimit.get()).data.rate.limit).toBe(5000);
  });

  it("takes a user's token in each of its forms, and nothing else", async () => {
    const { token } = scene.people.ben;
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    for (const authorization of [
      `token ${token}`,
      `Bearer ${token}`,
      basic(`ben:${token}`),
      basic(`x-access-token:${token}`),
      basic(`${token}:x-oauth-basic`),
    ]) {
      expect((await get("/api/v3/user", { authorization })).status).toBe(200);
    }
    for (const authorization of ["token ghp_wrong", "Bearer ghs_wrong", "Digest x", "Bearer a.b.c"]) {
      const response = await get("/api/v3/user", { authorization });
      expect([response.status, Object.keys(z.record(z.string(), z.unknown()).parse(await response.json()))]).toEqual([
        401,
        ["message", "documentation_url", "status"],
      ]);
    }
    expect((await get("/api/v3/user")).status).toBe(401);
  });

  it("hides a private repository from outsiders, and shows a public one", async () => {
    const { as, people, where, github } = scene;
    await expect(as(people.eve.token).repos.get(where)).rejects.toMatchObject({ status: 404 });
    expect((await get("/api/v3/repos/acme/shop")).status).toBe(404);
    await github.addRepository("ben", "open", { collaborators: {} });
    expect((await as(people.eve.token).repos.get({ owner: "ben", repo: "open" })).data).toMatchObject({
      private: false,
      permissions: { push: false, pull: true },
    });
    expect((await get("/api/v3/repos/ben/open")).status).toBe(200);
    const response = await fetch(`${github.url}/api/v3/repos/ben/open/issues`, {
      method: "POST",
      body: '{"title":"x"}',
    });
    expect(response.status).toBe(401);
  });

  it("lets triage label and close, but not push or merge", async () => {
    const { as, people, where } = scene;
    const cat = as(people.cat.token);
    const { data: issue } = await as(people.ada.token).issues.create({ ...where, title: "Someone's" });
    const at = { ...where, issue_number: issue.number };
    await as(people.ada.token).issues.createLabel({ ...where, name: "known" });
    expect(
      (await cat.issues.addLabels({ ...at, labels: ["known", "unknown"] })).data.map((label) => label.name),
    ).toEqual(["known"]);
    await cat.issues.update({ ...at, state: "closed" });
    await expect(cat.issues.update({ ...at, title: "Mine now" })).rejects.toMatchObject({ status: 403 });
    await expect(cat.issues.createLabel({ ...where, name: "no" })).rejects.toMatchObject({ status: 403 });
    await expect(cat.git.createBlob({ ...where, content: "x" })).rejects.toMatchObject({ status: 403 });
    await expect(cat.pulls.merge({ ...where, pull_number: 1 })).rejects.toMatchObject({ status: 403 });
    await expect(as(people.ben.token).repos.addCollaborator({ ...where, username: "eve" })).rejects.toMatchObject({
      status: 403,
    });
  });

  it("shows permissions as GitHub does", async () => {
    const { as, people, where, bot, github, receiver } = scene;
    const permission = async (username: string) =>
      (await bot.repos.getCollaboratorPermissionLevel({ ...where, username })).data;
    expect(await permission("cat")).toMatchObject({ permission: "read", role_name: "triage" });
    expect(await permission("ben")).toMatchObject({ permission: "write", role_name: "write" });
    expect(await permission("ada")).toMatchObject({ permission: "admin", role_name: "admin" });
    expect(await permission("eve")).toMatchObject({ permission: "none" });
    await github.deliveriesSettled();
    receiver.received.length = 0;
    const ada = as(people.ada.token);
    await ada.repos.addCollaborator({ ...where, username: "eve", permission: "maintain" });
    expect(await permission("eve")).toMatchObject({ permission: "write", role_name: "maintain" });
    await ada.repos.removeCollaborator({ ...where, username: "eve" });
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual(["member.added", "member.removed"]);
    expect((await ada.repos.listCollaborators(where)).data.map((row) => row.login)).toEqual(["ben", "cat"]);
    expect((await bot.repos.checkCollaborator({ ...where, username: "ben" })).status).toBe(204);
    await expect(bot.repos.checkCollaborator({ ...where, username: "eve" })).rejects.toMatchObject({ status: 404 });
  });

  it("counts members of nested teams", async () => {
    const { bot, as, people, github, receiver } = scene;
    const engineering = { org: "acme", team_slug: "engineering" };
    expect((await bot.teams.list({ org: "acme" })).data.map((team) => team.slug)).toEqual(["engineering", "reviewers"]);
    expect((await bot.teams.getByName(engineering)).data.members_count).toBe(1);
    expect((await bot.teams.listMembersInOrg(engineering)).data.map((row) => row.login)).toEqual(["ben"]);
    expect((await bot.teams.listChildInOrg(engineering)).data.map((row) => row.slug)).toEqual(["reviewers"]);
    expect((await bot.teams.getMembershipForUserInOrg({ ...engineering, username: "ben" })).data).toMatchObject({
      state: "active",
      role: "member",
    });
    await expect(bot.teams.getMembershipForUserInOrg({ ...engineering, username: "cat" })).rejects.toMatchObject({
      status: 404,
    });
    expect((await bot.orgs.getMembershipForUser({ org: "acme", username: "ada" })).data).toMatchObject({
      role: "admin",
      state: "active",
    });
    expect((await bot.orgs.listMembers({ org: "acme" })).data.map((row) => row.login)).toEqual(["ada", "ben"]);
    await expect(as(people.eve.token).teams.list({ org: "acme" })).rejects.toMatchObject({ status: 404 });
    await github.deliveriesSettled();
    receiver.received.length = 0;
    const ada = as(people.ada.token);
    await ada.teams.addOrUpdateMembershipForUserInOrg({ ...engineering, username: "cat" });
    await ada.teams.removeMembershipForUserInOrg({ ...engineering, username: "cat" });
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual(["membership.added", "membership.removed"]);
    await expect(as(people.ben.token).teams.create({ org: "acme", name: "X" })).rejects.toMatchObject({ status: 403 });
    expect((await ada.teams.create({ org: "acme", name: "Quality Assurance" })).data.slug).toBe("quality-assurance");
  });

  it("knows the App by its JWT only", async () => {
    const { appClient, app, installationId, where, people, as, github } = scene;
    expect((await appClient.apps.getAuthenticated()).data).toMatchObject({
      id: app.appId,
      slug: "fleet",
      client_id: app.clientId,
    });
    expect((await appClient.apps.listInstallations()).data.map((row) => row.id)).toEqual([installationId]);
    expect((await appClient.apps.getInstallation({ installation_id: installationId })).data.account).toMatchObject({
      login: "acme",
    });
    expect((await appClient.apps.getRepoInstallation(where)).data.id).toBe(installationId);
    expect((await appClient.apps.getOrgInstallation({ org: "acme" })).data.id).toBe(installationId);
    await expect(appClient.apps.getInstallation({ installation_id: 1 })).rejects.toMatchObject({ status: 404 });
    await expect(as(people.ada.token).apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const privateKey = pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    const stranger = github.registerApp({ slug: "other", permissions: {}, events: [], privateKey });
    const wrongKey = new Octokit({
      baseUrl: `${github.url}/api/v3`,
      authStrategy: createAppAuth,
      auth: { appId: app.appId, privateKey: stranger.privateKeyPem },
      log: quietLog,
    });
    await expect(wrongKey.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
    expect((await scene.bot.users.getByUsername({ username: "fleet[bot]" })).data.type).toBe("Bot");
  });

  it("narrows installation tokens, and lets them expire", async () => {
    const { appClient, installationId, where, as, github } = scene;
    const at = { installation_id: installationId };
    await github.addRepository("acme", "other", { private: true });
    const { data: narrow } = await appClient.apps.createInstallationAccessToken({
      ...at,
      repositories: ["shop"],
      permissions: { issues: "write" },
    });
    expect(narrow).toMatchObject({ permissions: { issues: "write" }, repositories: [{ name: "shop" }] });
    const token = as(narrow.token);
    expect((await token.issues.create({ ...where, title: "By a narrow token" })).status).toBe(201);
    const refused = { status: 403, response: { data: { message: "Resource not accessible by integration" } } };
    await expect(token.git.createBlob({ ...where, content: "x" })).rejects.toMatchObject(refused);
    await expect(token.checks.create({ ...where, name: "x", head_sha: "f".repeat(40) })).rejects.toMatchObject(refused);
    await expect(token.teams.list({ org: "acme" })).rejects.toMatchObject(refused);
    await expect(token.repos.get({ owner: "acme", repo: "other" })).rejects.toMatchObject({ status: 404 });
    expect((await token.apps.listReposAccessibleToInstallation()).data.repositories.map((row) => row.name)).toEqual([
      "shop",
    ]);
    await expect(
      appClient.apps.createInstallationAccessToken({ ...at, permissions: { workflows: "write" } }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      appClient.apps.createInstallationAccessToken({ ...at, repositories: ["other"] }),
    ).rejects.toMatchObject({ status: 422 });
    time += 3601 * 1000;
    await expect(token.issues.listForRepo(where)).rejects.toMatchObject({ status: 401 });
    time -= 3601 * 1000;
    await token.apps.revokeInstallationAccessToken();
    await expect(token.issues.listForRepo(where)).rejects.toMatchObject({ status: 401 });
  });

  it("needs the permission for the kind of the thing", async () => {
    const { appClient, installationId, as, where } = scene;
    const { data } = await appClient.apps.createInstallationAccessToken({
      installation_id: installationId,
      permissions: { pull_requests: "write" },
    });
    const { data: issue } = await scene.bot.issues.create({ ...where, title: "An issue" });
    await expect(
      as(data.token).issues.createComment({ ...where, issue_number: issue.number, body: "x" }),
    ).rejects.toMatchObject({ status: 403 });
    await expect(as(data.token).issues.create({ ...where, title: "x" })).rejects.toMatchObject({ status: 403 });
  });

  it("answers and counts unknown routes, and refuses what is no JSON", async () => {
    const { github, people } = scene;
    const response = await get("/api/v3/repos/acme/shop/discussions", { authorization: `token ${people.ada.token}` });
    expect([response.status, await response.json()]).toEqual([
      404,
      { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
    ]);
    expect(github.unknownRoutes).toEqual([{ method: "GET", path: "/api/v3/repos/acme/shop/discussions" }]);
    const headers = { authorization: `token ${people.ada.token}` };
    const post = (body: string) =>
      fetch(`${github.url}/api/v3/repos/acme/shop/issues`, { method: "POST", headers, body });
    expect((await post("{")).status).toBe(400);
    expect((await post("[1]")).status).toBe(422);
    expect((await post('"x"')).status).toBe(400);
    expect((await post('{"title":["x"]}')).status).toBe(422);
    expect((await post('{"title":""}')).status).toBe(422);
    const graphql = await fetch(`${github.url}/api/graphql`, {
      method: "POST",
      headers,
      body: '{"query":"{viewer{login}}"}',
    });
    expect(graphql.status).toBe(404);
    expect((await get("/api/v3/repositories/1/issues")).status).toBe(404);
  });

  it("finds a repository by its id", async () => {
    const response = await get(`/api/v3/repositories/${scene.repository.id}/issues?per_page=1`, {
      authorization: `token ${scene.people.ada.token}`,
    });
    expect([response.status, z.array(z.unknown()).parse(await response.json()).length]).toEqual([200, 1]);
    expect(
      (await get(`/api/v3/repositories/${scene.repository.id}`, { authorization: `token ${scene.people.ada.token}` }))
        .status,
    ).toBe(200);
  });
});
