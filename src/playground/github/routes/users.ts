import { forbidden, found, requiresAuthentication } from "../github-error.ts";
import { type Call, numberParam, type Operation, sameName } from "../operation.ts";
import { presentProfile } from "../present/account.ts";

/** What GitHub allows an installation in an hour. */
const hourlyLimit = 5000;

function authenticatedUser(call: Call) {
  if (call.actor.kind === "anonymous") throw requiresAuthentication();
  if (call.actor.kind !== "user") throw forbidden("Resource not accessible by integration");
  return { status: 200, body: presentProfile(call.world, call.actor.account) };
}

function byName(call: Call) {
  const account = call.world.store.tables.accounts.find((row) => sameName(row.login, call.param("username")));
  return { status: 200, body: presentProfile(call.world, found(account?.suspended === true ? undefined : account)) };
}

function byId(call: Call) {
  const account = call.world.store.tables.accounts.get(numberParam(call, "account_id"));
  return { status: 200, body: presentProfile(call.world, found(account?.suspended === true ? undefined : account)) };
}

/** Nothing is limited here; the numbers say so. */
function rateLimit(call: Call) {
  const rate = {
    limit: hourlyLimit,
    used: 0,
    remaining: hourlyLimit,
    reset: Math.floor(call.world.now().getTime() / 1000) + 3600,
  };
  return { status: 200, body: { resources: { core: rate, search: rate, graphql: rate }, rate } };
}

export const userOperations: readonly Operation[] = [
  { id: "users/get-authenticated", method: "GET", path: "/user", handle: authenticatedUser },
  { id: "users/get-by-id", method: "GET", path: "/user/{account_id}", handle: byId },
  { id: "users/get-by-username", method: "GET", path: "/users/{username}", handle: byName },
  { id: "rate-limit/get", method: "GET", path: "/rate_limit", handle: rateLimit },
  {
    id: "meta/get",
    method: "GET",
    path: "/meta",
    handle: () => ({ status: 200, body: { verifiable_password_authentication: false } }),
  },
];
