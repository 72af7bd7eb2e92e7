import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { permissions, subscribedEvents } from "../github/registry.ts";
import type { AppCredentials } from "../platform/config/environment.ts";
import { type LocalGitHub, startLocalGitHub } from "./github/local-github.ts";
import { isPortFree } from "./is-port-free.ts";
import type { Cast, Person } from "./people.ts";

/** Who plays: the logins of the local GitHub, each with its role there. */
const people = {
  productOwner: "paula-product",
  architect: "arno-architect",
  qa: "quinn-qa",
  developer: "dana-developer",
} as const;

/** A local GitHub with an organisation, its people in teams, one repository and the fleet's App installed on it. */
export type Playground = {
  readonly github: LocalGitHub;
  readonly app: AppCredentials;
  readonly owner: string;
  readonly repo: string;
  readonly cast: Cast & { readonly developer: Person };
  close(): Promise<void>;
};

export type PlaygroundOptions = {
  readonly dataDir: string;
  /** The port of the local GitHub; 0 or absent: the one of the last start with this directory, else a free one. */
  readonly port?: number;
  /** Where the local GitHub sends webhooks. */
  readonly webhookUrl: string;
  /** The files of the repository's first commit. */
  readonly repository: { readonly name: string; readonly directory: string };
  readonly logger: Logger;
};

const owner = "acme";
const webhookSecret = "playground-webhook-secret";

/**
 * Starts the playground, or continues the one in `dataDir`: ids, tokens, issues and commits are those of the last run.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { dataDir, logger, repository, webhookUrl } = options;
  mkdirSync(dataDir, { recursive: true });
  const github = await startLocalGitHub({
    dataDir: join(dataDir, "github"),
    port: options.port ?? (await rememberedPort(dataDir)),
    logger,
  });
  writeFileSync(portFile(dataDir), new URL(github.url).port);
  const person = (login: string): Person => ({ login, token: github.addUser(login).token });
  const cast = {
    productOwner: person(people.productOwner),
    architect: person(people.architect),
    qa: person(people.qa),
    developer: person(people.developer),
  };
  const logins = Object.values(people);
  github.addOrganization(owner, Object.fromEntries(logins.map((login) => [login, "member" as const])));
  github.addTeam(owner, "product", [people.productOwner]);
  github.addTeam(owner, "architects", [people.architect]);
  github.addTeam(owner, "qa", [people.qa]);
  github.addTeam(owner, "developers", [people.developer]);
  await github.addRepository(owner, repository.name, {
    fromDirectory: repository.directory,
    // Where a repository names no teams in its fleet.yml, these permissions give the same roles.
    collaborators: {
      [people.productOwner]: "maintain",
      [people.architect]: "maintain",
      [people.qa]: "write",
      [people.developer]: "write",
    },
  });
  const registered = github.registerApp({
    slug: "swe-ai-fleet",
    permissions,
    events: subscribedEvents(),
    webhookUrl,
    webhookSecret,
  });
  github.installApp(registered.appId, owner, [repository.name]);
  return {
    github,
    app: { appId: registered.appId, privateKey: registered.privateKeyPem, webhookSecrets: [webhookSecret] },
    owner,
    repo: repository.name,
    cast,
    close: () => github.close(),
  };
}

function portFile(dataDir: string): string {
  return join(dataDir, "github-port");
}

/** The same port again after a restart, so that links in comments still lead somewhere; any if another process took it. */
async function rememberedPort(dataDir: string): Promise<number> {
  const file = portFile(dataDir);
  const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  return (await isPortFree(port)) ? port : 0;
}
