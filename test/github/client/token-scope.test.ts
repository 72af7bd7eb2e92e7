import { expect, test } from "vitest";
import { grantedOf, scopeOfRequest } from "../../../src/github/client/token-scope.ts";

const api = "https://api.github.com";

test.each([
  ["GET", "/repos/acme/shop", { repositoryNames: ["shop"] }],
  ["PATCH", "/repos/acme/shop/issues/3?x=1", { repositoryNames: ["shop"] }],
  ["GET", "/repositories/77/issues?page=2", { repositoryIds: [77] }],
  ["POST", "/repos/acme/shop/issues/3/dependencies/blocked_by", { repositoryNames: ["shop"] }],
])("%s %s needs its repository, and nothing of the organisation", (method, path, scope) => {
  const found = scopeOfRequest(method, api + path);
  expect(found).toMatchObject(scope);
  expect(Object.keys(found.permissions ?? {})).toContain("issues");
  expect(Object.keys(found.permissions ?? {})).not.toContain("members");
});

test.each([
  ["GET", "/orgs/acme/teams/architects/members", ["members", "metadata"]],
  ["GET", "/users/olga", ["members", "metadata"]],
  ["GET", "/installation/repositories?per_page=100", ["members", "metadata"]],
  ["GET", "/repos/acme/shop/issues/3/dependencies/blocked_by?per_page=100", ["issues", "metadata"]],
])("%s %s only reads, across repositories", (method, path, names) => {
  const { permissions = {}, ...repositories } = scopeOfRequest(method, api + path);
  expect(repositories).toEqual({});
  expect(Object.keys(permissions).toSorted()).toEqual(names);
  expect(Object.values(permissions)).toEqual(["read", "read"]);
});

test("GraphQL needs the repository that its caller names", () => {
  expect(scopeOfRequest("POST", `${api}/graphql`, "shop")).toMatchObject({ repositoryNames: ["shop"] });
});

test("no more is asked for than was granted", () => {
  const wanted = { issues: "write", contents: "write", checks: "write", metadata: "read" };
  const granted = { issues: "write", contents: "read", metadata: "read", actions: "write" };
  expect(grantedOf(wanted, granted)).toEqual({ issues: "write", contents: "read", metadata: "read" });
  expect(grantedOf({ members: "read" }, { members: "write" })).toEqual({ members: "read" });
});
