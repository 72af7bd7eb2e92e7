import { createServer, type Server } from "node:http";
import { pino } from "pino";
import { ProbotOctokit } from "probot";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fleetConfigurationSchema } from "../../../src/github/configuration/fleet-configuration.ts";
import { permissionRoles, rolesOfPermission } from "../../../src/github/roles/permission-roles.ts";
import { createRoleResolver } from "../../../src/github/roles/role-resolver.ts";
import type { RoleAnswer } from "../../../src/kernel/roles.ts";

/** A GitHub that answers with what the test says, by path; an unknown path is an error. */
let answers: Record<string, { status: number; body: unknown }>;
let asked: string[];
let server: Server;
let baseUrl: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const { status, body } = answers[path] ?? { status: 501, body: { message: `unexpected ${path}` } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  answers = {};
  asked = [];
});

const ref = { installation: 1, repository: 7, owner: "acme", repo: "shop" };
const user = { id: 11, login: "olga" };
const team = "/orgs/acme/teams/architects/memberships/olga";
const permission = "/repos/acme/shop/collaborators/olga/permission";
const everyRole = { "product-owner": [], architect: [], qa: [], developer: [], devops: [], data: [] };

function resolver(roles: Record<string, string[]> | undefined, cache = new Map<string, RoleAnswer>()) {
  const configuration = fleetConfigurationSchema.parse(roles === undefined ? {} : { roles });
  return createRoleResolver({
    octokitFor: async () =>
      new ProbotOctokit({
        baseUrl,
        log: pino({ level: "silent" }),
        retry: { enabled: false },
        throttle: { enabled: false },
      }),
    configurationOf: async () => ({ configuration, sha: "s1", problems: [] }),
    cache,
  });
}

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
    expect(asked).toEqual([]);
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
    const roles = { ...everyRole, architect: ["@acme/architects"], data: ["@acme/architects"] };
    expect(await resolver(roles)(ref, user)).toEqual(expected);
    expect(asked).toEqual([team]);
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

describe("the cache", () => {
  test("keeps known answers and never an unknown one", async () => {
    const cache = new Map<string, RoleAnswer>();
    const rolesOf = resolver(undefined, cache);
    answers[permission] = { status: 500, body: {} };
    expect((await rolesOf(ref, user)).known).toBe(false);
    expect(cache.size).toBe(0);
    answers[permission] = said("write");
    await rolesOf(ref, user);
    await rolesOf(ref, user);
    expect(asked).toHaveLength(2);
    expect([...cache.keys()]).toEqual(["7/11/s1"]);
  });
});

test("settings that cannot be read make the answer unknown", async () => {
  const rolesOf = createRoleResolver({
    octokitFor: async () => new ProbotOctokit({ baseUrl }),
    configurationOf: async () => {
      throw new Error("secret-token");
    },
    cache: new Map(),
  });
  const answer = await rolesOf(ref, user);
  expect(answer).toEqual({ known: false, why: "looking up the repository's settings failed (no answer from GitHub)" });
});
