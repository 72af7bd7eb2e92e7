import { timingSafeEqual, verify } from "node:crypto";
import { z } from "zod";
import type { Actor } from "./actor.ts";
import { badCredentials, GitHubError } from "./github-error.ts";
import type { AppRow } from "./rows.ts";
import type { Store } from "./store.ts";

const maxJwtSeconds = 600;
const clockDriftSeconds = 60;

/** What GitHub says to everything that a suspended installation asks for. */
export const suspendedInstallation = "This installation has been suspended";

const claimsSchema = z.object({ iss: z.union([z.string(), z.number()]), exp: z.number(), iat: z.number() });

/**
 * Finds out who sends the `Authorization` header: a user's token, an installation token or an App's JWT, given as
 * `token`, `Bearer` or as the password of `Basic`.
 * @throws GitHubError 401 for anything that is none of them, or that has expired.
 */
export function authenticate(store: Store, now: Date, header: string | undefined): Actor {
  if (header === undefined) return { kind: "anonymous" };
  const token = tokenOf(header);
  if (token.split(".").length === 3) return { kind: "app", app: verifyJwt(store, now, token) };
  return token.startsWith("ghs_") ? installationActor(store, now, token) : userActor(store, token);
}

function tokenOf(header: string): string {
  const [scheme = "", value = ""] = header.trim().split(/\s+/, 2);
  if (/^(token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) throw badCredentials();
  const decoded = Buffer.from(value, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  const password = decoded.slice(colon + 1);
  return password === "" || password === "x-oauth-basic" ? decoded.slice(0, colon) : password;
}

function sameToken(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function userActor(store: Store, token: string): Actor {
  const account = store.tables.accounts.find((row) => row.token !== null && sameToken(row.token, token));
  if (account === undefined) throw badCredentials();
  if (account.suspended === true) throw new GitHubError(403, "Sorry. Your account was suspended");
  return { kind: "user", account };
}

function installationActor(store: Store, now: Date, token: string): Actor {
  const { installationTokens, installations, apps, accounts } = store.tables;
  const row = installationTokens.find((candidate) => sameToken(candidate.token, token));
  if (row === undefined || Date.parse(row.expiresAt) <= now.getTime()) throw badCredentials();
  const installation = installations.get(row.installationId);
  const app = apps.get(installation?.appId ?? null);
  const account = accounts.get(app?.botId ?? null);
  if (installation === undefined || app === undefined || account === undefined) throw badCredentials();
  if (installation.suspendedAt != null) throw new GitHubError(403, suspendedInstallation);
  const repositoryIds = row.narrowed
    ? row.repositoryIds.filter((id) => installation.repositoryIds.includes(id))
    : installation.repositoryIds;
  return {
    kind: "installation",
    account,
    app,
    installation,
    tokenId: row.id,
    permissions: row.permissions,
    repositoryIds,
  };
}

function verifyJwt(store: Store, now: Date, token: string): AppRow {
  const undecodable = new GitHubError(401, "A JSON web token could not be decoded");
  const [header = "", payload = "", signature = ""] = token.split(".");
  const algorithm = z.object({ alg: z.literal("RS256") }).safeParse(jsonPart(header));
  const claims = claimsSchema.safeParse(jsonPart(payload));
  if (!algorithm.success || !claims.success) throw undecodable;
  const { iss, exp, iat } = claims.data;
  const app = store.tables.apps.find((row) => String(row.id) === String(iss) || row.clientId === iss);
  if (app === undefined) throw new GitHubError(404, "Integration not found");
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", signed, app.publicKeyPem, Buffer.from(signature, "base64url"))) throw undecodable;
  checkTimes(Math.floor(now.getTime() / 1000), iat, exp);
  return app;
}

function checkTimes(seconds: number, issuedAt: number, expiresAt: number): void {
  const claim = "'Expiration time' claim ('exp')";
  if (expiresAt <= seconds)
    throw new GitHubError(
      401,
      `${claim} must be a numeric value representing the future time at which the assertion expires`,
    );
  if (expiresAt - seconds > maxJwtSeconds + clockDriftSeconds)
    throw new GitHubError(401, `${claim} is too far in the future`);
  if (issuedAt > seconds + clockDriftSeconds)
    throw new GitHubError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
}

function jsonPart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
