import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Octokit } from "@octokit/rest";
import { pino } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { createAppIdentity } from "../../../src/github/client/app-identity.ts";
import { createConditionalCache, makeReadsConditional } from "../../../src/github/client/conditional-requests.ts";
import type { Epochs } from "../../../src/github/client/epochs.ts";
import type { GitHubClient } from "../../../src/github/client/octokit.ts";
import { withTokenRequests } from "../../../src/github/client/token-requests.ts";
import { permissions, subscribedEvents } from "../../../src/github/registry.ts";
import type { On, WriteCost } from "../../../src/github/write/on.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { startLocalGitHub } from "../../../src/playground/github/local-github.ts";
import { createInstallationAuth } from "../../../src/wiring/installation-auth.ts";
import { openWebhookEar } from "./webhook-ear.ts";

const quiet = pino({ level: "silent" });

/**
 * A local GitHub with an organisation, its people and teams, one repository and the installed App. With `epochs` what was
 * read is taken for fresh, as in production, until a change is noted there.
 */
export async function startWorld(
  files: Readonly<Record<string, string>> = { "README.md": "# Example\n" },
  fresh: { readonly epochs: Epochs | null; readonly clock: Clock } = { epochs: null, clock: Date.now },
) {
  const directory = mkdtempSync(join(tmpdir(), "fleet-github-"));
  const content = join(directory, "content");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(content, path)), { recursive: true });
    writeFileSync(join(content, path), text);
  }
  const ear = await openWebhookEar();
  const webhook = { url: ear.url, secret: "a test secret" };
  const github = await startLocalGitHub({ dataDir: join(directory, "data"), webhook });
  const people = Object.fromEntries(
    ["olga", "arno", "quinn", "dev", "guest"].map((login) => [login, github.addUser(login)]),
  );
  github.addOrganization("acme", { olga: "admin", arno: "member", quinn: "member", dev: "member" });
  github.addTeam("acme", "architects", ["arno"]);
  const repository = await github.addRepository("acme", "shop", {
    fromDirectory: content,
    collaborators: { olga: "maintain", arno: "write", quinn: "write", dev: "write" },
  });
  const app = github.registerApp({ slug: "fleet", permissions: { ...permissions }, events: [...subscribedEvents()] });
  const installation = github.installApp(app.appId, "acme", ["shop"]);
  const cache = createConditionalCache(fresh.epochs, fresh.clock);
  const Client = ProbotOctokit.plugin((octokit) => {
    makeReadsConditional(octokit, cache);
  }).defaults((options: object) => ({
    ...withTokenRequests(options, `${github.url}/api/v3`),
    authStrategy: createInstallationAuth,
    retry: { enabled: false },
    throttle: { enabled: false },
  }));
  const probot = new Probot({
    appId: app.appId,
    privateKey: app.privateKeyPem,
    secret: "a test secret",
    baseUrl: `${github.url}/api/v3`,
    Octokit: Client,
    log: quiet,
  });
  await probot.ready();
  const octokitFor = (id: number): Promise<GitHubClient> => probot.auth(id);
  const identityOf = createAppIdentity({ appId: app.appId, appOctokit: () => probot.auth(), octokitFor });
  const ref = { installation, repository: repository.id, owner: "acme", repo: "shop" };
  const writes: WriteCost[] = [];
  const lacks: string[] = [];
  const on: On<GitHubClient> = {
    octokit: await octokitFor(installation),
    owner: "acme",
    repo: "shop",
    app: await identityOf(installation),
    beforeWrite: async (cost) => {
      writes.push(cost);
    },
    lacks: (feature) => void lacks.push(feature),
  };
  return {
    github,
    /** Where its webhooks arrive. */
    ear,
    probot,
    octokitFor,
    identityOf,
    ref,
    on,
    writes,
    /** Features that the local GitHub was found to lack. */
    lacks,
    log: quiet,
    people,
    /** A client that acts as one of the people. */
    as: (login: string) =>
      new Octokit({
        auth: people[login]?.token ?? "",
        baseUrl: `${github.url}/api/v3`,
        log: { debug() {}, info() {}, warn() {}, error() {} },
      }),
    async close() {
      await github.close();
      await ear.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type LocalWorld = Awaited<ReturnType<typeof startWorld>>;
