import { createServer, type Server } from "node:http";
import { pino } from "pino";
import { ProbotOctokit } from "probot";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fleetConfigurationSchema } from "../../../src/github/configuration/fleet-configuration.ts";
import { permissionRoles, rolesOfPermission } from "../../../src/github/roles/permission-roles.ts";
import { createRoleResolver } from "../../../src/github/roles/role-resolver.ts";

/** A GitHub that answers with what the test says, by path; an unknown path is an error. */
let answers: Record<string, { status: number; body: unknown }>;
let asked: string[];
let whileAsked: () => void;
let now: number;
let server: Server;
let baseUrl: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    whileAsked();
    const { status, body } = answers[path] ?? { status: 501, body: { message: `unexpected ${path}` } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  answers = { [account]: { status: 200, body: { id: 11, login: "olga", type: "User" } } };
  asked = [];
  whileAsked = () => {};
  now = 1_000_000;
});

const ref = { installation: 1, repository: 7, owner: "acme", repo: "shop" };
const user = { id: 11, login: "olga" };
const account = "/user/11";
const team = "/orgs/acme/teams/architects/memberships/olga";
const members = "/orgs/acme/teams/architects/members?per_page=100";
const permission = "/repos/acme/shop/collaborators/olga/permission";
const everyRole = { "product-owner": [], architect: [], qa: [], developer: [], devops: [], data: [] };

function roles(mapping: Record<string, string[]> | undefined) {
  const configuration = fleetConfigurationSchema.parse(mapping === undefined ? {} : { roles: mapping });
  return createRoleResolver({
    octokitFor: async () =>
      new ProbotOctokit({
        baseUrl,
        log: pino({ level: "silent" }),
        retry: { enabled: false },
        throttle: { enabled: false },
      }),
    configurationOf: async () => ({ configuration, sha: "s1", problems: [] }),
    clock: () => now,
  });
}

const resolver = (mapping: Record<string, string[]> | undefined) => roles(mapping).of;

const said = (role_name: string, base = "read") => ({ status: 200, body: { permission: base, role_name } });

describe("without roles in fleet.yml the repository's permission counts, by its exact name", () => {
  test.each(Object.entries(permissionRoles))("%s → %j", async (name, roles) => {
    answers[permission] = said(name);
    expect(await resolver(undefined)(ref, user)).toEqual({ known: true, roles });
  });

  test("a custom role counts as its base, an inherited key as nothing", () => {
    expect(rolesOfPermission("release-team", "write")).toEqual(["qa", "developer"]);
    expect(rolesOfPermission(undefined, "admin")).toEqual(["product-owner", "architect"]);
    expect(rolesOfPermission("constructor", "toString")).toEqual([]);
  });

  test.each([
    [{ permission: "write", user: { permissions: { maintain: true } } }, ["product-owner", "architect"]],
    [{ permission: "write", user: { permissions: { maintain: false } } }, ["qa", "developer"]],
    [{ permission: "write" }, ["qa", "developer"]],
    [{ permission: "maintain" }, ["product-owner", "architect"]],
  ])("without a role's name the grades tell: %j → %j", async (body, roles) => {
    answers[permission] = { status: 200, body };
    expect(await resolver(undefined)(ref, user)).toEqual({ known: true, roles });
  });

  test.each([404, 501])("who owns the repository is its admin, also where nobody is looked up (%i)", async (status) => {
    answers[permission] = { status, body: {} };
    answers["/repos/Olga/shop/collaborators/olga/permission"] = { status, body: {} };
    expect(await resolver(undefined)({ ...ref, owner: "Olga" }, user)).toEqual({
      known: true,
      roles: ["product-owner", "architect"],
    });
  });

  test("somebody without access is an outsider", async () => {
    answers[permission] = { status: 404, body: { message: "Not Found" } };
    expect(await resolver(undefined)(ref, user)).toEqual({ known: true, roles: [] });
  });
});

describe("with roles in fleet.yml", () => {
  test("a login counts in any spelling, without asking for teams or permissions when every role is set", async () => {
    expect(await resolver({ ...everyRole, qa: ["@OLGA"], data: ["olga"] })(ref, user)).toEqual({
      known: true,
      roles: ["qa", "data"],
    });
    expect(asked).toEqual([account]);
  });

  test.each([
    [
      { status: 200, body: { state: "active", role: "member" } },
      { known: true, roles: ["architect", "data"] },
    ],
    [
      { status: 200, body: { state: "pending", role: "member" } },
      { known: true, roles: [] },
    ],
    [
      { status: 404, body: { message: "Not Found" } },
      { known: true, roles: [] },
    ],
    [
      { status: 403, body: { message: "Forbidden" } },
      {
        known: false,
        why: "looking up the team @acme/architects failed (GitHub said 403; logins in .github/fleet.yml need no look-up)",
      },
    ],
    [
      { status: 500, body: { message: "Oops" } },
      { known: false, why: "looking up the team @acme/architects failed (GitHub said 500)" },
    ],
  ])("a team answers %j → %j", async (answer, expected) => {
    answers[team] = answer;
    const mapping = { ...everyRole, architect: ["@acme/architects"], data: ["@Acme/Architects"] };
    expect(await resolver(mapping)(ref, user)).toEqual(expected);
    expect(asked).toEqual([account, members, team]);
  });

  test("who is on the list of a team's members is one, by id; nobody else is asked for", async () => {
    const listed = (...ids: number[]) => ({ status: 200, body: ids.map((id) => ({ id, login: `somebody-${id}` })) });
    const mapping = { ...everyRole, architect: ["@acme/architects"] };
    answers[members] = listed(7, 11);
    expect(await resolver(mapping)(ref, user)).toEqual({ known: true, roles: ["architect"] });
    answers[members] = listed(7, 12);
    expect(await resolver(mapping)(ref, user)).toEqual({ known: true, roles: [] });
    expect(asked).toEqual([account, members, account, members]);
  });

  test("of a team that is too large for one page the one person is asked for", async () => {
    const mapping = { ...everyRole, architect: ["@acme/architects"] };
    answers[members] = {
      status: 200,
      body: Array.from({ length: 100 }, (_, at) => ({ id: 1_000 + at, login: `m${at}` })),
    };
    answers[team] = { status: 200, body: { state: "active", role: "member" } };
    expect(await resolver(mapping)(ref, user)).toEqual({ known: true, roles: ["architect"] });
    expect(asked).toEqual([account, members, team]);
  });

  test("a list that GitHub fails to give makes the answer unknown, without a second question", async () => {
    answers[members] = { status: 502, body: {} };
    expect(await resolver({ ...everyRole, architect: ["@acme/architects"] })(ref, user)).toMatchObject({
      known: false,
    });
    expect(asked).toEqual([account, members]);
  });

  test("roles that it does not set follow the permission", async () => {
    answers[permission] = said("admin", "admin");
    expect(await resolver({ architect: ["arno"] })(ref, user)).toEqual({ known: true, roles: ["product-owner"] });
  });

  test("a permission that cannot be read makes the answer unknown", async () => {
    answers[permission] = { status: 503, body: {} };
    expect(await resolver({ architect: ["olga"] })(ref, user)).toEqual({
      known: false,
      why: "looking up your permission in this repository failed (GitHub said 503)",
    });
  });
});

describe("who is nobody, or only a machine", () => {
  const named = { ...everyRole, architect: ["olga"], developer: ["olga", "helper[bot]"], qa: ["helper[bot]", "ghost"] };

  test.each([
    ["a deleted account", user, { status: 404, body: {} }, [], "GitHub knows no such account any more"],
    [
      "an account that is suspended on a server",
      user,
      { status: 200, body: { id: 11, login: "olga", type: "User", suspended_at: "2026-01-01T00:00:00Z" } },
      [],
      "the account is suspended",
    ],
    ["the ghost", { id: 10137, login: "ghost" }, null, [], "GitHub knows no such account any more"],
    ["an author who is gone", { id: 0, login: "ghost" }, null, [], "GitHub knows no such account any more"],
    ["a bot that the file names", { id: 99, login: "helper[bot]" }, null, ["developer"], "a bot decides at no gate"],
    ["another bot", { id: 98, login: "other[bot]" }, null, [], "a bot decides at no gate"],
  ])("%s", async (_, who, answer, held, note) => {
    if (answer !== null) answers[account] = answer;
    answers["/users/olga"] = { status: 404, body: {} };
    expect(await resolver(named)(ref, who)).toEqual({ known: true, roles: held, note });
  });

  test("where a server has no look-up by id, the login counts while it is the same account's", async () => {
    answers[account] = { status: 404, body: {} };
    answers["/users/olga"] = { status: 200, body: { id: 11, login: "olga" } };
    expect(await resolver(named)(ref, user)).toEqual({ known: true, roles: ["architect", "developer"] });
    answers["/users/olga"] = { status: 200, body: { id: 12, login: "olga" } };
    expect(await resolver(named)(ref, user)).toMatchObject({ known: true, roles: [] });
    answers[account] = { status: 501, body: {} };
    expect(await resolver(named)(ref, user), "a server that tells of nobody").toMatchObject({
      roles: ["architect", "developer"],
    });
  });

  test("an account that cannot be looked up is unknown", async () => {
    answers[account] = { status: 502, body: {} };
    expect(await resolver(named)(ref, user)).toEqual({
      known: false,
      why: "looking up your account failed (GitHub said 502)",
    });
  });

  test("a renamed person is found by id, and whoever took the old login is somebody else", async () => {
    answers[account] = { status: 200, body: { id: 11, login: "olga-of-acme", type: "User" } };
    expect(await resolver({ ...everyRole, qa: ["olga"] })(ref, user)).toEqual({ known: true, roles: [] });
    expect(await resolver({ ...everyRole, qa: ["olga-of-acme"] })(ref, user)).toEqual({ known: true, roles: ["qa"] });
  });
});

test("a team of another organisation has no members here, and is not asked for", async () => {
  expect(await resolver({ ...everyRole, qa: ["@other/qa"] })(ref, user)).toEqual({ known: true, roles: [] });
  expect(asked).toEqual([account]);
});

describe("the cache", () => {
  test("asks once for many at the same time, and again once it is told to forget", async () => {
    answers[permission] = said("write");
    const { of, forget } = roles(undefined);
    const first = await Promise.all([of(ref, user), of(ref, user), of(ref, user)]);
    expect(first.map((answer) => answer.known)).toEqual([true, true, true]);
    expect(asked).toEqual([account, permission]);
    answers[permission] = said("read");
    forget({ user: 12 });
    forget({ repository: 8 });
    expect(await of(ref, user)).toEqual({ known: true, roles: ["qa", "developer"] });
    forget({ repository: 7, user: 11 });
    expect(await of(ref, user)).toEqual({ known: true, roles: [] });
    forget({});
    await of(ref, user);
    expect(asked.filter((path) => path === permission)).toHaveLength(3);
  });

  test("does not keep what was looked up while it was forgotten", async () => {
    answers[permission] = said("write");
    const { of, forget } = roles(undefined);
    whileAsked = () => forget({ user: 11 });
    expect(await of(ref, user)).toEqual({ known: true, roles: ["qa", "developer"] });
    whileAsked = () => {};
    answers[permission] = said("read");
    expect(await of(ref, user)).toEqual({ known: true, roles: [] });
  });

  test("keeps an unknown answer for seconds only, so that a storm of commands asks once", async () => {
    answers[permission] = { status: 500, body: {} };
    const { of } = roles(undefined);
    expect((await of(ref, user)).known).toBe(false);
    answers[permission] = said("write");
    now += 4_000;
    expect((await of(ref, user)).known).toBe(false);
    now += 1_001;
    expect(await of(ref, user)).toEqual({ known: true, roles: ["qa", "developer"] });
    now += 60_000;
    await of(ref, user);
    now += 1;
    await of(ref, user);
    expect(asked.filter((path) => path === permission)).toHaveLength(3);
  });

  test("forgets within a minute that an account was in good standing", async () => {
    answers[permission] = said("write");
    const { of } = roles(undefined);
    expect(await of(ref, user)).toEqual({ known: true, roles: ["qa", "developer"] });
    answers[account] = { status: 200, body: { id: 11, login: "olga", suspended_at: "2026-01-01T00:00:00Z" } };
    now += 60_001;
    expect(await of(ref, user)).toMatchObject({ roles: [], note: "the account is suspended" });
  });
});

test("settings that cannot be read make the answer unknown", async () => {
  const { of: rolesOf } = createRoleResolver({
    octokitFor: async () => new ProbotOctokit({ baseUrl }),
    configurationOf: async () => {
      throw new Error("secret-token");
    },
    clock: () => now,
  });
  const answer = await rolesOf(ref, user);
  expect(answer).toEqual({ known: false, why: "looking up the repository's settings failed (no answer from GitHub)" });
});
