import { spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import type { Context } from "hono";
import type { Author } from "./actor.ts";
import { authenticate } from "./authenticate.ts";
import type { GitRepository } from "./git/git-repository.ts";
import { gitEnvironment } from "./git/run-git.ts";
import { GitHubError, MovedError } from "./github-error.ts";
import { moveRefs } from "./move-refs.ts";
import { findRepository } from "./operation.ts";
import { canSee, requireRepositoryAccess } from "./permissions.ts";
import { htmlUrl } from "./present/repository.ts";
import type { RefMove } from "./ref-move.ts";
import type { RepositoryRow } from "./rows.ts";
import type { World } from "./world.ts";

const service = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Answers git's smart HTTP protocol by `git http-backend`, or undefined when the path is not one of its own. */
export async function serveGit(world: World, context: Context): Promise<Response | undefined> {
  const url = new URL(context.req.url);
  const [, owner, name, rest] = service.exec(url.pathname) ?? [];
  if (owner === undefined || name === undefined || rest === undefined) return undefined;
  const push = rest === "git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  try {
    const actor = authenticate(world.store, world.now(), context.req.header("authorization"));
    if (actor.kind === "anonymous" && (push || !canSee(world.store, findRepository(world, owner, name), actor)))
      return challenge();
    const repository = findRepository(world, owner, name);
    requireRepositoryAccess(world.store, repository, actor, {
      app: [push ? "contents:write" : "contents:read"],
      user: push ? "write" : "read",
    });
    const input = Buffer.from(await context.req.arrayBuffer());
    const request = { repository, git: world.git(repository), rest, query: url.search.slice(1), input, context };
    if (rest !== "git-receive-pack" || actor.kind === "anonymous" || actor.kind === "app")
      return await backend(request, {});
    return await receive(world, request, actor);
  } catch (error) {
    if (error instanceof MovedError) return redirectOf(world, error.repositoryId, `${rest}${url.search}`);
    if (!(error instanceof GitHubError)) throw error;
    return error.status === 401 ? challenge() : new Response(`${error.message}\n`, { status: error.status });
  }
}

interface GitRequest {
  readonly repository: RepositoryRow;
  readonly git: GitRepository;
  readonly rest: string;
  readonly query: string;
  readonly input: Buffer;
  readonly context: Context;
}

function redirectOf(world: World, repositoryId: number, rest: string): Response {
  const repository = world.store.tables.repositories.get(repositoryId);
  if (repository === undefined) return new Response("Not Found\n", { status: 404 });
  return new Response(null, { status: 301, headers: { location: `${htmlUrl(world, repository)}.git/${rest}` } });
}

function challenge(): Response {
  return new Response("Authentication required\n", {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="GitHub"' },
  });
}

/** Lets git take a push, then tells of the refs that moved before the client hears that it is done. */
function receive(world: World, request: GitRequest, by: Author): Promise<Response> {
  const { repository } = request;
  return world.alone(repository.id, async () => {
    const before = world.store.tables.repositories.get(repository.id)?.refs ?? {};
    const defaultBranch = `refs/heads/${repository.defaultBranch}`;
    // The commands stand before the pack, uncompressed; git sends the body of a push itself never compressed.
    const response = await backend(request, request.input.includes(` ${defaultBranch}`) ? protectedReceive : {});
    await moveRefs(world, repository.id, differences(before, await world.git(repository).refs()), by, { inGit: true });
    world.wakeDeliveries();
    return response;
  });
}

const protectedReceive = { "receive.denyNonFastForwards": "true", "receive.denyDeleteCurrent": "refuse" };

/** The refs that differ. */
export function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): RefMove[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .map((ref) => ({ ref, before: before[ref] ?? null, after: after[ref] ?? null }))
    .filter((move) => move.before !== move.after);
}

function backend(request: GitRequest, config: Readonly<Record<string, string>>): Promise<Response> {
  const { context, git, rest, query, input } = request;
  const header = (name: string) => context.req.header(name) ?? "";
  const configured = Object.entries(config).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn("git", [...configured, "http-backend"], {
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: dirname(git.directory),
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: `/${basename(git.directory)}/${rest}`,
      REQUEST_METHOD: context.req.method,
      QUERY_STRING: query,
      CONTENT_TYPE: header("content-type"),
      CONTENT_LENGTH: String(input.length),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_USER: "git",
      REMOTE_ADDR: "127.0.0.1",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", () => resolve(cgiResponse(Buffer.concat(chunks))));
    // The backend may answer before it has read everything.
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(input);
  });
}

function cgiResponse(output: Buffer): Response {
  const split = output.indexOf("\r\n\r\n");
  if (split < 0) return new Response("git http-backend gave no answer\n", { status: 500 });
  const headers = new Headers();
  let status = 200;
  for (const line of output.subarray(0, split).toString("latin1").split("\r\n")) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(new Uint8Array(output.subarray(split + 4)), { status, headers });
}
