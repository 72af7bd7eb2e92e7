import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { permissions, subscribedEvents } from "../../github/registry.ts";
import { type LocalGitHub, startLocalGitHub } from "../../playground/github/local-github.ts";
import { documentedLimits } from "../../playground/github/rate-limits.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The people of the day, by role. */
export const dayPeople = { productOwner: "olga", architect: "arno", qa: "quinn", developer: "dev" } as const;

export const dayPlace = { owner: "acme", repo: "shop" } as const;

/** A local GitHub in virtual time that enforces GitHub's limits, with its people, one repository and the App on it. */
export type DayGitHub = {
  readonly github: LocalGitHub;
  readonly app: { readonly appId: number; readonly privateKeyPem: string; readonly installation: number };
  readonly repository: number;
  /** By login. */
  readonly tokens: Readonly<Record<string, string>>;
};

const fleetYml = `roles:
  product-owner: ["@acme/product"]
  architect: ["@acme/architects"]
  qa: ["@acme/qa"]
  developer: ["@acme/developers"]
  devops: []
  data: []
`;

/** Starts it in a directory. The App has no address: who wants its webhooks observes them. */
export async function startDayGitHub(directory: string, time: VirtualTime): Promise<DayGitHub> {
  const github = await startLocalGitHub({
    dataDir: join(directory, "github"),
    limits: documentedLimits,
    now: () => new Date(time.now()),
    credentialsNow: () => new Date(),
  });
  return { github, ...(await seed(github, directory)) };
}

async function seed(github: LocalGitHub, directory: string) {
  const content = join(directory, "content");
  mkdirSync(join(content, ".github"), { recursive: true });
  writeFileSync(join(content, "README.md"), "# Shop\n");
  writeFileSync(join(content, ".github", "fleet.yml"), fleetYml);
  const tokens: Record<string, string> = {};
  const { productOwner, architect, qa, developer } = dayPeople;
  for (const login of Object.values(dayPeople)) tokens[login] = github.addUser(login).token;
  github.addOrganization(dayPlace.owner, { [productOwner]: "admin" });
  github.addTeam(dayPlace.owner, "product", [productOwner]);
  github.addTeam(dayPlace.owner, "architects", [architect]);
  github.addTeam(dayPlace.owner, "qa", [qa]);
  github.addTeam(dayPlace.owner, "developers", [developer]);
  const repository = await github.addRepository(dayPlace.owner, dayPlace.repo, {
    fromDirectory: content,
    collaborators: { [productOwner]: "maintain", [architect]: "write", [qa]: "write", [developer]: "write" },
  });
  const app = github.registerApp({ slug: "fleet", permissions: { ...permissions }, events: [...subscribedEvents()] });
  const installation = github.installApp(app.appId, dayPlace.owner, [dayPlace.repo]);
  return { app: { ...app, installation }, repository: repository.id, tokens };
}
