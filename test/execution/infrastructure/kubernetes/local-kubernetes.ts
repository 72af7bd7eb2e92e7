import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { z } from "zod";
import { systemArguments } from "../../../../src/execution/infrastructure/bubblewrap-arguments.ts";
import { findNodeRuntime } from "../../../../src/execution/infrastructure/node-runtime.ts";
import { waitUntilGone } from "../../../../src/execution/infrastructure/process-tree.ts";
import { schemaProblems } from "./kubernetes-schemas.ts";

/** What the stand-in reads of a Job: its schema has been checked before. */
const jobSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        securityContext: z.object({ runAsUser: z.int(), runAsGroup: z.int() }),
        containers: z.tuple([
          z.object({
            command: z.array(z.string()),
            args: z.array(z.string()),
            workingDir: z.string(),
            volumeMounts: z.array(
              z.object({
                name: z.string(),
                mountPath: z.string(),
                subPath: z.string().optional(),
                readOnly: z.boolean().optional(),
              }),
            ),
          }),
        ]),
      }),
    }),
  }),
});

type Job = z.output<typeof jobSchema>;

/** What becomes of a Job's pod: it runs its container here, or it shows these states one after the other, the last for good. */
export type Fate = { readonly run: true } | { readonly shows: readonly (object | null)[]; readonly job?: object };

export type LocalKubernetes = {
  readonly url: URL;
  readonly token: string;
  /** Every Job that was asked for. */
  readonly jobs: Job[];
  /** Requests that no route takes; a test ends with none. */
  readonly unknown: string[];
  /** Names of the Jobs that are there. */
  present(): readonly string[];
  fate(of: (job: Job) => Fate): void;
  /** Answers a request by this status, or breaks its connection; null: as usual. */
  fail(how: (method: string, path: string, count: number) => number | "break" | null): void;
  close(): Promise<void>;
};

const namespace = "fleet";
const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const podsPath = `/api/v1/namespaces/${namespace}/pods`;

type Live = {
  readonly job: Job;
  readonly shows: (object | null)[];
  readonly status: object;
  child: ChildProcess | null;
  /** Resolves when no process of the container is left, as a node's pod is gone only then. */
  gone: Promise<void> | null;
};

/**
 * The few routes of the Kubernetes API that the sandbox uses, with a "node" that runs containers in bubblewrap by what the
 * manifest says: parts of the volume by subPath, command and arguments with Kubernetes' own reading of dollar signs, a
 * read-only root. It knows no scheduler, image or cgroup.
 */
export async function startLocalKubernetes(volume: string): Promise<LocalKubernetes> {
  const token = "the-pods-token";
  const live = new Map<string, Live>();
  const jobs: Job[] = [];
  const unknown: string[] = [];
  let fateOf: (job: Job) => Fate = () => ({ run: true });
  let failure: (method: string, path: string, count: number) => number | "break" | null = () => null;
  const counts = new Map<string, number>();

  async function answer(request: IncomingMessage, url: URL): Promise<{ status: number; body: object }> {
    const { method = "" } = request;
    if (request.headers.authorization !== `Bearer ${token}`) return refusal(401, "Unauthorized");
    if (method === "POST" && url.pathname === jobsPath) {
      const manifest: unknown = JSON.parse(await bodyOf(request));
      const problems = schemaProblems(manifest);
      if (problems.length > 0) return refusal(422, problems.join("; "));
      const job = jobSchema.parse(manifest);
      if (live.has(job.metadata.name)) return refusal(409, `jobs "${job.metadata.name}" already exists`);
      jobs.push(job);
      const fate = fateOf(job);
      const shown: Live =
        "run" in fate
          ? { job, shows: [], status: {}, child: null, gone: null }
          : { job, shows: [...fate.shows], status: fate.job ?? {}, child: null, gone: null };
      live.set(job.metadata.name, shown);
      if ("run" in fate) await runContainer(volume, shown);
      return { status: 201, body: job };
    }
    if (method === "GET" && url.pathname === podsPath) {
      const [, name = ""] = /^swe-ai-fleet\/run=(\S+)$/.exec(url.searchParams.get("labelSelector") ?? "") ?? [];
      const found = live.get(name);
      const status = found === undefined ? null : found.shows.length > 1 ? found.shows.shift() : found.shows[0];
      return { status: 200, body: { items: status === null || status === undefined ? [] : [{ status }] } };
    }
    const name = url.pathname.startsWith(`${jobsPath}/`) ? url.pathname.slice(jobsPath.length + 1) : "";
    const found = live.get(name);
    if (name !== "" && found === undefined) return refusal(404, `jobs.batch "${name}" not found`);
    if (method === "GET" && found !== undefined) return { status: 200, body: { ...found.job, status: found.status } };
    if (method === "DELETE" && found !== undefined && url.search === "?propagationPolicy=Foreground") {
      const { child, gone } = found;
      if (child !== null && child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      if (gone === null) live.delete(name);
      else void gone.then(() => live.delete(name));
      return { status: 200, body: found.job };
    }
    unknown.push(`${method} ${url.pathname}${url.search}`);
    return refusal(500, "no such route");
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://local");
    const key = `${request.method} ${url.pathname}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const failing = failure(request.method ?? "", url.pathname, count);
    if (failing === "break") return void request.socket.destroy();
    const answered =
      failing === null ? answer(request, url) : Promise.resolve(refusal(failing, "as the test wants it"));
    answered.then(
      ({ status, body }) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    token,
    jobs,
    unknown,
    present: () => [...live.keys()],
    fate: (of) => {
      fateOf = of;
    },
    fail: (how) => {
      counts.clear();
      failure = how;
    },
    close: async () => {
      for (const { child } of live.values()) child?.kill("SIGKILL");
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refusal(status: number, message: string): { status: number; body: object } {
  return { status, body: { kind: "Status", status: "Failure", message, code: status } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** Kubernetes' reading of a word of a command: `$(NAME)` is a variable, `$$` a dollar sign. None of the pod's is set. */
function expand(word: string): string {
  return word.replace(/\$(\$|\([^)]*\))/g, (whole, what: string) => (what === "$" ? "$" : whole));
}

async function runContainer(volume: string, live: Live): Promise<void> {
  const { securityContext, containers } = live.job.spec.template.spec;
  const [container] = containers;
  const user = [
    "--reuid",
    `${securityContext.runAsUser}`,
    "--regid",
    `${securityContext.runAsGroup}`,
    "--clear-groups",
  ];
  const become = process.getuid?.() === 0 ? ["setpriv", ...user, "--no-new-privs", "--bounding-set=-all"] : [];
  const runtime = await findNodeRuntime({
    execPath: process.execPath,
    cache: join(volume, "runtime"),
    otherUser: become.length > 0,
  });
  const [program = "", ...args] = [
    ...become,
    ...["bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--as-pid-1", "--json-status-fd", "3"],
    ...(await systemArguments()),
    ...["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--tmpfs", "/tmp"],
    ...runtime.binds.flatMap(({ from, to }) => ["--ro-bind", from, to]),
    ...runtime.links.flatMap(({ target, at }) => ["--symlink", target, at]),
    ...container.volumeMounts.flatMap(({ subPath, mountPath, readOnly }) =>
      subPath === undefined ? [] : [readOnly === true ? "--ro-bind" : "--bind", join(volume, subPath), mountPath],
    ),
    ...["--remount-ro", "/", "--chdir", container.workingDir, "--clearenv"],
    // What an image and a cluster bring along.
    ...["--setenv", "PATH", `${runtime.path}:/usr/local/bin:/usr/bin:/bin`],
    ...["--setenv", "KUBERNETES_SERVICE_HOST", "10.0.0.1", "--"],
    ...[...container.command, ...container.args].map(expand),
  ];
  const stdio: ("ignore" | "pipe")[] = ["ignore", "ignore", "ignore", "pipe"];
  const child = spawn(program, args, { env: { PATH: process.env["PATH"] ?? "" }, stdio });
  live.child = child;
  let told = "";
  const streams: readonly (Readable | Writable | null | undefined)[] = child.stdio;
  const status = streams[3];
  if (status instanceof Readable) status.on("data", (chunk: Buffer) => (told += chunk.toString("latin1")));
  live.gone = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      // Killed, bubblewrap is gone before the container's first process is; with that one all others are.
      const first = Number(/"child-pid": (\d+)/.exec(told)?.[1] ?? 0);
      (first > 0 ? waitUntilGone(first) : Promise.resolve()).then(resolve, reject);
    });
  });
  live.shows.push({ phase: "Running", containerStatuses: [{ state: { running: { startedAt: "now" } } }] });
  child.once("close", (code, signal) => {
    const exitCode = code ?? (signal === "SIGKILL" ? 137 : 1);
    const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error" };
    live.shows.splice(0, live.shows.length, {
      phase: exitCode === 0 ? "Succeeded" : "Failed",
      containerStatuses: [{ state: { terminated } }],
    });
  });
}
