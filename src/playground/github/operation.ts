import type { z } from "zod";
import type { Actor, Author } from "./actor.ts";
import { GitHubError, MovedError, notFound, requiresAuthentication } from "./github-error.ts";
import type { RepositoryAccess } from "./permissions.ts";
import { requireRepositoryAccess } from "./permissions.ts";
import type { RepositoryRow } from "./rows.ts";
import type { World } from "./world.ts";

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** An answer; `body` undefined is an empty one (204). */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request to an operation. */
export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly query: URLSearchParams;
  /** The path of the request as Link headers show it, for example `/repositories/1004/issues`. */
  readonly canonicalPath: string;
  readonly accept: string;
  /** The parsed JSON body; an empty one is `{}`. */
  readonly body: unknown;
  /** A parameter of the path, decoded. */
  readonly param: (name: string) => string;
}

export interface RepositoryCall extends Call {
  readonly repository: RepositoryRow;
}

/** One operation of the REST API, under its id in GitHub's OpenAPI description. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** An operation on a repository: it exists for those who may see it, and asks for the given access. */
export function onRepository(
  id: string,
  method: Method,
  path: string,
  access: RepositoryAccess,
  handle: (call: RepositoryCall) => Reply | Promise<Reply>,
): Operation {
  return {
    id,
    method,
    path: `/repos/{owner}/{repo}${path}`,
    handle: (call) => {
      const repository = findRepository(call.world, call.param("owner"), call.param("repo"));
      requireRepositoryAccess(call.world.store, repository, call.actor, access);
      return handle({ ...call, repository });
    },
  };
}

/** Finds a repository by its full name, whatever its case. */
export function findRepository(world: World, owner: string, name: string): RepositoryRow {
  const { accounts, repositories } = world.store.tables;
  const account = accounts.find((row) => sameName(row.login, owner));
  const rows = account === undefined ? [] : repositories.in(account.id);
  const row = rows.find((candidate) => sameName(candidate.name, name));
  if (row !== undefined) return row;
  const former = `${owner}/${name}`.toLowerCase();
  const moved = repositories.find((candidate) => candidate.formerNames?.includes(former) === true);
  throw moved === undefined ? notFound() : new MovedError(moved.id);
}

/** GitHub compares logins, repository names and label names without their case. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** The caller as somebody who writes. */
export function authorOf(call: Call): Author {
  if (call.actor.kind === "user" || call.actor.kind === "installation") return call.actor;
  throw requiresAuthentication();
}

/** Reads the body by a schema; what does not fit is GitHub's 422. */
export function bodyOf<S extends z.ZodType>(call: Call, schema: S): z.output<S> {
  const parsed = schema.safeParse(call.body);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new GitHubError(422, `Invalid request.\n\n${faults.join("\n")}`);
}

/** A number in the path, or 404. */
export function numberParam(call: Call, name: string): number {
  const value = call.param(name);
  if (!/^\d{1,15}$/.test(value)) throw notFound();
  return Number(value);
}

/** One page of rows with its Link header; only the page's rows are presented. */
export function page<R>(call: Call, rows: readonly R[], present: (row: R) => unknown): Reply {
  const { items, headers } = slice(call, rows);
  return { status: 200, body: items.map(present), headers };
}

/** The rows of the asked page (`per_page` ≤ 100, default 30) and the Link header that leads to the others. */
export function slice<R>(call: Call, rows: readonly R[]): { items: R[]; headers: Record<string, string> } {
  const asked = (name: string, otherwise: number) =>
    Math.max(1, Number.parseInt(call.query.get(name) ?? "", 10) || otherwise);
  const size = Math.min(100, asked("per_page", 30));
  const current = asked("page", 1);
  const last = Math.max(1, Math.ceil(rows.length / size));
  const link = (number: number, relation: string) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(number));
    return `<${call.world.url}/api/v3${call.canonicalPath}?${query}>; rel="${relation}"`;
  };
  const links = [
    ...(current > 1 ? [link(Math.min(current - 1, last), "prev")] : []),
    ...(current < last ? [link(current + 1, "next"), link(last, "last")] : []),
    ...(current > 1 ? [link(1, "first")] : []),
  ];
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(", ") } : {};
  return { items: rows.slice((current - 1) * size, current * size), headers };
}
