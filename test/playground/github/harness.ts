import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import {
  type LocalGitHub,
  type LocalGitHubOptions,
  startLocalGitHub,
} from "../../../src/playground/github/local-github.ts";
import { attachValidator } from "./response-validator.ts";

/** A webhook as a receiver gets it. */
export interface Received {
  readonly event: string;
  readonly guid: string;
  readonly signature: string;
  readonly body: string;
  readonly payload: Record<string, unknown>;
}

/** A small webhook receiver that remembers everything. */
export async function startReceiver(answer: () => number = () => 202) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const header = (name: string) => String(request.headers[name] ?? "");
      received.push({
        event: header("x-github-event"),
        guid: header("x-github-delivery"),
        signature: header("x-hub-signature-256"),
        body,
        payload: JSON.parse(body),
      });
      response.writeHead(answer()).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const names = () =>
    received.map(({ event, payload }) =>
      typeof payload["action"] === "string" ? `${event}.${payload["action"]}` : event,
    );
  return { url: `http://127.0.0.1:${port}/hook`, received, names, close };
}

export const allPermissions = {
  administration: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  members: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
} as const;

export const allEvents = [
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "create",
  "delete",
  "check_run",
  "sub_issues",
  "issue_dependencies",
  "member",
  "membership",
  "team",
  "label",
  "milestone",
  "status",
];

/** A data directory that is removed with its server. */
export function temporaryDirectory(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `local-github-${name}-`));
}

/** A directory with a few files, as the first commit of a repository. */
export async function sampleProject(): Promise<string> {
  const directory = await temporaryDirectory("project");
  await mkdir(join(directory, "src"));
  await writeFile(join(directory, "README.md"), "# Sample\n");
  await writeFile(join(directory, "src", "add.js"), "export const add = (a, b) => a + b;\n");
  await writeFile(join(directory, "run.sh"), "#!/bin/sh\necho ok\n", { mode: 0o755 });
  return directory;
}

/** A local GitHub with an organization, people, one repository, one App and the validator. */
export async function startScene(options: Partial<LocalGitHubOptions> = {}) {
  const dataDir = options.dataDir ?? (await temporaryDirectory("data"));
  const project = await sampleProject();
  const receiver = await startReceiver();
  const github = await startLocalGitHub({ ...options, dataDir });
  const validator = attachValidator(github);
  const scene = await seed(github, project, receiver.url);
  const close = async () => {
    await github.close();
    await receiver.close();
    await rm(dataDir, { recursive: true, force: true });
    await rm(project, { recursive: true, force: true });
  };
  return { github, validator, receiver, dataDir, project, close, ...scene };
}

/** Fills a local GitHub; may be repeated. */
export async function seed(github: LocalGitHub, project: string, webhookUrl: string) {
  const people = {
    ada: github.addUser("ada"),
    ben: github.addUser("ben"),
    cat: github.addUser("cat"),
    eve: github.addUser("eve"),
  };
  github.addOrganization("acme", { ada: "admin" });
  github.addTeam("acme", "engineering", []);
  github.addTeam("acme", "reviewers", ["ben"], { parent: "engineering" });
  const repository = await github.addRepository("acme", "shop", {
    fromDirectory: project,
    private: true,
    collaborators: { ben: "write", cat: "triage" },
  });
  const app = github.registerApp({
    slug: "fleet",
    permissions: allPermissions,
    events: allEvents,
    webhookUrl,
    webhookSecret: "s3cret",
  });
  const installationId = github.installApp(app.appId, "acme", ["shop"]);
  const baseUrl = `${github.url}/api/v3`;
  const as = (token: string) => new Octokit({ baseUrl, auth: token, log: quietLog });
  const appClient = new Octokit({
    baseUrl,
    authStrategy: createAppAuth,
    auth: { appId: app.appId, privateKey: app.privateKeyPem },
    log: quietLog,
  });
  const bot = new Octokit({
    baseUrl,
    authStrategy: createAppAuth,
    auth: { appId: app.appId, privateKey: app.privateKeyPem, installationId },
    log: quietLog,
  });
  return { people, repository, app, installationId, as, appClient, bot, where: { owner: "acme", repo: "shop" } };
}

function ignore(): void {
  // Octokit logs each refused request; the tests expect those.
}

export const quietLog = { debug: ignore, info: ignore, warn: ignore, error: ignore };
