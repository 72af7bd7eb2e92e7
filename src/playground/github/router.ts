import { createHash, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { authenticate } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import { serveGit } from "./git-http.ts";
import { GitHubError, MovedError, notFound } from "./github-error.ts";
import { serveGraphql } from "./graphql.ts";
import type { Call, Operation, Reply } from "./operation.ts";
import { operations } from "./operations.ts";
import { fullName } from "./present/repository.ts";
import type { RateLimits, Visit } from "./rate-limits.ts";
import { createsContent, type Traffic } from "./traffic.ts";
import type { World } from "./world.ts";

const api = "/api/v3";
const maxBodyBytes = 100 * 1024 * 1024;
const hourlyLimit = 5000;
/** Parameters that may hold slashes: refs and paths. */
const deepParameters: ReadonlySet<string> = new Set(["ref", "path", "basehead", "branch"]);

export interface RouterOptions {
  readonly world: () => World;
  readonly traffic: Traffic;
  readonly limits: RateLimits;
  readonly credentialsNow: () => Date;
  readonly onExchange: (exchange: Exchange) => void;
}

/** The HTTP face of the local GitHub: REST below `/api/v3`, git below `/<owner>/<repo>.git`. */
export function createRouter(options: RouterOptions): Hono {
  const app = new Hono();
  for (const operation of [...operations].sort(bySpecificity)) {
    const { pattern, suffix } = patternOf(operation.path);
    // The root of a repository's contents has an empty path, and clients leave its slash out.
    const patterns = operation.path.endsWith("/{path}") ? [pattern, pattern.replace(/\/:path.*$/, "")] : [pattern];
    for (const one of patterns) {
      app.on(operation.method, api + one, (context) =>
        answer(options, operation, context, (name) => parameter(context, name, suffix)),
      );
    }
  }
  app.all(`${api}/repositories/:id{[0-9]+}/*`, (context) => byRepositoryId(options, app, context));
  app.all(`${api}/repositories/:id{[0-9]+}`, (context) => byRepositoryId(options, app, context));
  app.post("/api/graphql", (context) => answer(options, graphqlOperation, context, () => ""));
  app.all("*", async (context) => (await serveGit(options.world(), context)) ?? unknownRoute(options, context));
  return app;
}

const graphqlOperation: Operation = { id: "graphql", method: "POST", path: "/graphql", handle: serveGraphql };

/** Routes with literal words come before those with parameters in the same place. */
function bySpecificity(left: Operation, right: Operation): number {
  const weight = (operation: Operation) =>
    operation.path
      .split("/")
      .map((part) => (part.startsWith("{") ? (deepParameters.has(part.slice(1, -1)) ? "2" : "1") : "0"));
  const [a, b] = [weight(left), weight(right)];
  const deep = (parts: readonly string[]) => (parts.at(-1) === "2" ? 1 : 0);
  return deep(a) - deep(b) || a.join("").localeCompare(b.join(""));
}

/** The pattern of a path; `suffix` is what a deep parameter takes along when words follow it. */
function patternOf(path: string): { pattern: string; suffix: string } {
  const deep = /\{(ref|path|basehead|branch)\}(\/.*)?$/.exec(path);
  const suffix = deep?.[2] ?? "";
  const before = deep === null ? path : path.slice(0, deep.index);
  const pattern = before.replace(/\{(\w+)\}/g, ":$1");
  if (deep === null) return { pattern, suffix: "" };
  return { pattern: `${pattern}:${deep[1]}{${deep[1] === "path" ? ".*" : ".+"}${suffix}}`, suffix };
}

function parameter(context: Context, name: string, suffix: string): string {
  const value = context.req.param(name) ?? "";
  return deepParameters.has(name) && value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value;
}

async function byRepositoryId({ world }: RouterOptions, app: Hono, context: Context): Promise<Response> {
  const repository = world().store.tables.repositories.get(Number(context.req.param("id")));
  if (repository === undefined) return errorResponse(notFound());
  const url = new URL(context.req.url);
  url.pathname = url.pathname.replace(/\/repositories\/\d+/, `/repos/${fullName(world(), repository)}`);
  return app.fetch(new Request(url, context.req.raw));
}

async function answer(
  options: RouterOptions,
  operation: Operation,
  context: Context,
  param: (name: string) => string,
): Promise<Response> {
  const world = options.world();
  const path = new URL(context.req.url).pathname;
  const text = context.req.method === "GET" ? "" : await context.req.text();
  const visits: Visit[] = [];
  const reply = await replyOf(options, operation, context, text, param, visits);
  world.wakeDeliveries();
  options.traffic.count(operation.id, reply.status);
  const response = toResponse(context, reply, operation.id, Object.assign({}, ...visits.map(({ headers }) => headers)));
  for (const visit of visits) visit.leave(response.status);
  const exchange = {
    kind: "response",
    operation: operation.id,
    method: operation.method,
    path,
    status: reply.status,
    body: reply.body,
  } as const;
  options.onExchange({ ...exchange, requestBody: text === "" ? undefined : safeParse(text) });
  return response;
}

async function replyOf(
  options: RouterOptions,
  operation: Operation,
  context: Context,
  text: string,
  param: (name: string) => string,
  visits: Visit[],
): Promise<Reply> {
  const world = options.world();
  try {
    const actor = authenticate(world.store, options.credentialsNow(), context.req.header("authorization"));
    const visit = options.limits.enter(actor, operation.method, createsContent(operation.id));
    visits.push(visit);
    if (visit.refusal !== null) return visit.refusal;
    const url = new URL(context.req.url);
    const call: Call = {
      world,
      actor,
      query: url.searchParams,
      canonicalPath: canonicalPath(world, url.pathname.slice(api.length)),
      accept: context.req.header("accept") ?? "",
      body: text === "" ? {} : parseBody(text),
      param,
    };
    return await operation.handle(call);
  } catch (error) {
    if (error instanceof GitHubError) return { status: error.status, body: error.toBody() };
    if (error instanceof MovedError) return moved(world, context, error);
    world.logger.error({ err: error, operation: operation.id }, "the local GitHub failed");
    return { status: 500, body: new GitHubError(500, "Server Error").toBody() };
  }
}

/** Leads to the repository by its id. */
function moved(world: World, context: Context, error: MovedError): Reply {
  const { pathname, search } = new URL(context.req.url);
  const rest = pathname.replace(/^.*?\/repos\/[^/]+\/[^/]+/, "");
  const url = `${world.url}${api}/repositories/${error.repositoryId}${rest}${search}`;
  const [status, message] = context.req.method === "GET" ? [301, "Moved Permanently"] : [307, "Temporary Redirect"];
  return {
    status,
    body: { message, url, documentation_url: "https://docs.github.com/rest" },
    headers: { location: url },
  };
}

/** Link headers name a repository by its id, as GitHub's do. */
function canonicalPath(world: World, path: string): string {
  const [, owner, name, rest = ""] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  if (owner === undefined || name === undefined) return path;
  const account = world.store.tables.accounts.find((row) => row.login.toLowerCase() === owner.toLowerCase());
  const repository =
    account === undefined
      ? undefined
      : world.store.tables.repositories.in(account.id).find((row) => row.name.toLowerCase() === name.toLowerCase());
  return repository === undefined ? path : `/repositories/${repository.id}${rest}`;
}

function parseBody(text: string): unknown {
  if (text.length > maxBodyBytes) throw new GitHubError(413, "Payload too big");
  const body = safeParse(text);
  if (body === undefined) throw new GitHubError(400, "Problems parsing JSON");
  if (typeof body !== "object") throw new GitHubError(400, "Body should be a JSON object");
  return body;
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unknownRoute({ traffic, onExchange }: RouterOptions, context: Context): Response {
  const { path, method } = context.req;
  traffic.unknown(method, path);
  const body = notFound().toBody();
  onExchange({ kind: "response", operation: null, method, path, requestBody: undefined, status: 404, body });
  return errorResponse(notFound());
}

function errorResponse(error: GitHubError): Response {
  return Response.json(error.toBody(), { status: error.status, headers: commonHeaders() });
}

function toResponse(context: Context, reply: Reply, operation: string, limits: Record<string, string>): Response {
  const own = { ...reply.headers, "x-local-github-operation": operation };
  const headers = new Headers({ ...commonHeaders(), ...limits, ...own });
  if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
  const body =
    typeof reply.body === "string" || Buffer.isBuffer(reply.body)
      ? new Uint8Array(Buffer.from(reply.body))
      : JSON.stringify(reply.body);
  if (!headers.has("content-type")) headers.set("content-type", "application/json; charset=utf-8");
  if (context.req.method === "GET" && reply.status === 200) {
    const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
    headers.set("etag", `W/${etag}`);
    headers.set("cache-control", "private, max-age=60, s-maxage=60");
    if (context.req.header("if-none-match")?.includes(etag) === true)
      return new Response(null, { status: 304, headers });
  }
  return new Response(body, { status: reply.status, headers });
}

function commonHeaders(): Record<string, string> {
  const reset = Math.floor(Date.now() / 1000) + 3600;
  return {
    server: "local-github (simulated)",
    "x-github-request-id": randomUUID().toUpperCase(),
    "x-github-media-type": "github.v3; format=json",
    "x-github-api-version-selected": "2022-11-28",
    "x-ratelimit-limit": String(hourlyLimit),
    "x-ratelimit-remaining": String(hourlyLimit - 1),
    "x-ratelimit-used": "1",
    "x-ratelimit-reset": String(reset),
    "x-ratelimit-resource": "core",
  };
}
