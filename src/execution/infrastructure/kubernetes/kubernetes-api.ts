import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import { join } from "node:path";
import { z } from "zod";
import { cleanText } from "../../domain/checks/failure-lines.ts";
import { type JobManifest, runLabel } from "./job-manifest.ts";
import { type Pod, podSchema } from "./pod-state.ts";

/** Where the API is and how this process may speak to it. */
export type ApiAccess = {
  readonly url: URL;
  readonly ca?: string;
  /** Asked for each request: the cluster changes it every hour. */
  readonly token: () => Promise<string>;
};

/** A request that the API did not answer as hoped. `passing`: the same request may do later. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly status: number | null;

  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }

  get passing(): boolean {
    // A good status with something else than an object is a proxy's word, not the API's.
    return this.status === null || this.status < 300 || this.status === 429 || this.status >= 500;
  }
}

const answerTimeoutMs = 10_000;
const maxAnswerBytes = 5_000_000;

const statusSchema = z.object({ message: z.string() });
const podsSchema = z.object({ items: z.array(podSchema) });
const jobSchema = z.object({
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default("") }))
        .default([]),
    })
    .default({ conditions: [] }),
});

/**
 * The few calls that a run needs of the Kubernetes API. `@kubernetes/client-node` would be 72 MB for them, and its
 * releases of today need Node 22.
 */
export interface KubernetesApi {
  createJob(manifest: JobManifest): Promise<void>;
  /** The Job's pod; null before there is one and after it was removed. */
  podOf(job: string, signal?: AbortSignal): Promise<Pod | null>;
  /** Why the Job has failed; null when it has not, `gone` when there is no such Job. */
  failureOf(job: string, signal?: AbortSignal): Promise<string | "gone" | null>;
  /** Removes the Job after its pods: it is there until they are gone. */
  deleteJob(job: string): Promise<void>;
}

/** The API of the cluster that this process runs in, or what is missing to reach it. */
export function findCluster(
  env: NodeJS.ProcessEnv,
  secrets = "/var/run/secrets/kubernetes.io/serviceaccount",
): { readonly access: ApiAccess; readonly namespace: string } | { readonly missing: string } {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (host === undefined || host === "") return { missing: "this process runs in no pod of a cluster" };
  try {
    const url = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
    const token = async () => (await readFile(join(secrets, "token"), "utf8")).trim();
    const ca = readFileSync(join(secrets, "ca.crt"), "utf8");
    return { access: { url, ca, token }, namespace: readFileSync(join(secrets, "namespace"), "utf8").trim() };
  } catch {
    return { missing: `this pod has no service account's token in ${secrets}` };
  }
}

/** The calls of one namespace, over connections that are kept. */
export function createKubernetesApi(access: ApiAccess, namespace: string): KubernetesApi {
  const { Agent } = access.url.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true, ...(access.ca === undefined ? {} : { ca: access.ca }) });
  const jobs = `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const call = (method: string, path: string, more: Pick<ApiRequest, "body" | "signal"> = {}) =>
    request({ access, agent, method, path, ...more });

  return {
    async createJob(manifest) {
      await call("POST", jobs, { body: manifest });
    },
    async podOf(job, signal) {
      const selector = encodeURIComponent(`${runLabel}=${job}`);
      return read(podsSchema, await call("GET", `${pods}?labelSelector=${selector}`, { signal })).items[0] ?? null;
    },
    async failureOf(job, signal) {
      try {
        const { status } = read(jobSchema, await call("GET", `${jobs}/${job}`, { signal }));
        return status.conditions.find(({ type, status: is }) => type === "Failed" && is === "True")?.reason ?? null;
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 404) return "gone";
        throw error;
      }
    },
    async deleteJob(job) {
      try {
        await call("DELETE", `${jobs}/${job}?propagationPolicy=Foreground`);
      } catch (error) {
        if (!(error instanceof ApiFailure && error.status === 404)) throw error;
      }
    },
  };
}

function read<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new ApiFailure(200, "an answer that is not the API's");
  return parsed.data;
}

type ApiRequest = {
  readonly access: ApiAccess;
  readonly agent: http.Agent;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
};

async function request(options: ApiRequest): Promise<unknown> {
  const { access, agent, method, path, signal } = options;
  const body = options.body === undefined ? "" : JSON.stringify(options.body);
  const token = await access.token().catch((cause) => {
    throw new ApiFailure(null, "the service account's token cannot be read", { cause });
  });
  const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${token}` };
  if (body !== "") headers["content-type"] = "application/json";
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const fail = (error: Error) => reject(new ApiFailure(null, `no answer (${error.message})`, { cause: error }));
    const { request: send } = access.url.protocol === "https:" ? https : http;
    const how = { method, headers, agent, timeout: answerTimeoutMs, ...(signal === undefined ? {} : { signal }) };
    const asked = send(new URL(path, access.url), how, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maxAnswerBytes) answer.destroy(new Error("the answer is too long"));
      });
      answer.on("error", fail);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
    });
    asked.on("timeout", () => asked.destroy(new Error(`none within ${answerTimeoutMs / 1_000} s`)));
    asked.on("error", fail);
    asked.end(body);
  });
  const answer = parse(text);
  if (status >= 200 && status < 300 && answer !== null) return answer;
  const said = statusSchema.safeParse(answer);
  throw new ApiFailure(status, cleanText(said.success ? said.data.message : `an answer with status ${status}`, 300));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
