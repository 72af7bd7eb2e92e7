import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { putCollaborator } from "./collaborators.ts";
import { signatureOf } from "./git/commit-author.ts";
import { found } from "./github-error.ts";
import { moveRefs } from "./move-refs.ts";
import { sameName } from "./operation.ts";
import { presentInstallation } from "./present/app.ts";
import { presentRepository } from "./present/repository.ts";
import type { AccountRow, AppRow, PermissionLevel, RepositoryRow } from "./rows.ts";
import { putTeamMember } from "./team-members.ts";
import { timestamp, type World } from "./world.ts";

export interface SeededUser {
  readonly id: number;
  readonly login: string;
  /** A personal access token for REST and git. */
  readonly token: string;
}

export interface RepositoryOptions {
  /** A directory whose files become the first commit. */
  readonly fromDirectory?: string;
  readonly defaultBranch?: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly collaborators?: Readonly<Record<string, PermissionLevel>>;
}

export interface AppOptions {
  readonly slug: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  /** PEM; made when absent. */
  readonly privateKey?: string;
}

export interface SeededApp {
  readonly appId: number;
  readonly privateKeyPem: string;
  readonly clientId: string;
}

/** What fills the local GitHub. Each call may be repeated: what exists is kept, with its ids and tokens. */
export interface Seeding {
  addUser(login: string): SeededUser;
  addOrganization(login: string, members?: Readonly<Record<string, "member" | "admin">>): { id: number; login: string };
  addTeam(
    organization: string,
    slug: string,
    members: readonly string[],
    options?: { parent?: string },
  ): { id: number };
  addRepository(
    owner: string,
    name: string,
    options?: RepositoryOptions,
  ): Promise<{ id: number; fullName: string; cloneUrl: string }>;
  registerApp(options: AppOptions): SeededApp;
  installApp(appId: number, owner: string, repositories: readonly string[]): number;
}

export function createSeeding(world: World, hook: { url: string; secret: string } | undefined): Seeding {
  return {
    addUser: (login) => addUser(world, login),
    addOrganization: (login, members = {}) => addOrganization(world, login, members),
    addTeam: (organization, slug, members, options = {}) => addTeam(world, organization, slug, members, options.parent),
    addRepository: (owner, name, options = {}) => addRepository(world, owner, name, options),
    registerApp: (options) => registerApp(world, options, hook),
    installApp: (appId, owner, repositories) => installApp(world, appId, owner, repositories),
  };
}

function accountNamed(world: World, login: string): AccountRow | undefined {
  return world.store.tables.accounts.find((row) => sameName(row.login, login));
}

function account(world: World, login: string): AccountRow {
  const row = accountNamed(world, login);
  if (row === undefined) throw new Error(`The local GitHub has no account ${login}`);
  return row;
}

function addAccount(world: World, login: string, type: AccountRow["type"]): AccountRow {
  const existing = accountNamed(world, login);
  if (existing !== undefined) return existing;
  const token = type === "User" ? `ghp_${randomBytes(18).toString("hex")}` : null;
  const { store } = world;
  return store.transaction(() =>
    store.tables.accounts.put({ id: store.id(), login, type, token, createdAt: timestamp(world) }),
  );
}

function addUser(world: World, login: string): SeededUser {
  const { id, login: name, token } = addAccount(world, login, "User");
  return { id, login: name, token: token ?? "" };
}

function addMember(world: World, organizationId: number, userId: number, role: "member" | "admin"): void {
  const { memberships } = world.store.tables;
  const existing = memberships.in(organizationId).find((row) => row.userId === userId);
  if (existing !== undefined) return;
  world.store.transaction(() => memberships.put({ id: world.store.id(), organizationId, userId, role }));
}

function addOrganization(world: World, login: string, members: Readonly<Record<string, "member" | "admin">>) {
  const row = addAccount(world, login, "Organization");
  for (const [name, role] of Object.entries(members)) addMember(world, row.id, account(world, name).id, role);
  return { id: row.id, login: row.login };
}

function addTeam(
  world: World,
  organization: string,
  slug: string,
  members: readonly string[],
  parent: string | undefined,
) {
  const { store } = world;
  const owner = account(world, organization);
  const inOrganization = () => store.tables.teams.in(owner.id);
  const parentId = parent === undefined ? null : found(inOrganization().find((row) => row.slug === parent)).id;
  const team =
    inOrganization().find((row) => row.slug === slug) ??
    store.transaction(() =>
      store.tables.teams.put({ id: store.id(), organizationId: owner.id, slug, name: slug, parentId, memberIds: [] }),
    );
  for (const login of members) {
    const user = account(world, login);
    addMember(world, owner.id, user.id, "member");
    store.transaction(() => putTeamMember(world, found(store.tables.teams.get(team.id)), user, true, owner));
  }
  world.wakeDeliveries();
  return { id: team.id };
}

async function addRepository(world: World, owner: string, name: string, options: RepositoryOptions) {
  const { store } = world;
  const holder = account(world, owner);
  const defaultBranch = options.defaultBranch ?? "main";
  const time = timestamp(world);
  const existing = store.tables.repositories.in(holder.id).find((row) => sameName(row.name, name));
  const repository =
    existing ??
    store.transaction(() =>
      store.tables.repositories.put({
        id: store.id(),
        ownerId: holder.id,
        name,
        description: options.description ?? null,
        private: options.private ?? false,
        defaultBranch,
        collaborators: {},
        createdAt: time,
        updatedAt: time,
        pushedAt: time,
        nextNumber: 1,
        nextMilestone: 1,
        refs: {},
        pendingRefs: {},
      }),
    );
  for (const [login, level] of Object.entries(options.collaborators ?? {})) {
    store.transaction(() => putCollaborator(world, repository.id, account(world, login), level, holder));
  }
  await fill(world, repository, holder, options.fromDirectory);
  world.wakeDeliveries();
  const fullName = presentRepository(world, repository).full_name;
  return { id: repository.id, fullName, cloneUrl: `${world.url}/${fullName}.git` };
}

/** Makes the bare repository and its first commit, unless they are there. */
async function fill(
  world: World,
  repository: RepositoryRow,
  holder: AccountRow,
  directory: string | undefined,
): Promise<void> {
  const git = world.git(repository);
  await world.alone(repository.id, async () => {
    await git.initialise(repository.defaultBranch);
    const ref = `refs/heads/${repository.defaultBranch}`;
    const current = found(world.store.tables.repositories.get(repository.id));
    if (directory === undefined || current.refs[ref] !== undefined) return;
    const tree = await git.importDirectory(directory);
    const author = signatureOf(holder, timestamp(world));
    const sha = await git.writeCommit({ tree, parents: [], message: "Initial commit", author, committer: author });
    await moveRefs(world, repository.id, [{ ref, before: null, after: sha }], { kind: "user", account: holder });
  });
}

function registerApp(world: World, options: AppOptions, hook: { url: string; secret: string } | undefined): SeededApp {
  const { store } = world;
  const existing = store.tables.apps.find((row) => row.slug === options.slug);
  const bot = addAccount(world, `${options.slug}[bot]`, "Bot");
  const given = {
    permissions: { metadata: "read", ...options.permissions },
    events: options.events,
    webhookUrl: options.webhookUrl ?? hook?.url ?? existing?.webhookUrl ?? "",
    webhookSecret: options.webhookSecret ?? hook?.secret ?? existing?.webhookSecret ?? "",
    ...(options.privateKey === undefined ? {} : keysOf(options.privateKey)),
  };
  const app = store.transaction(() => {
    const row = store.tables.apps.put(
      existing === undefined ? { ...newApp(world, options.slug, bot), ...given } : { ...existing, ...given },
    );
    if (existing === undefined && row.webhookUrl !== "") emitPing(world, row, bot);
    return row;
  });
  world.wakeDeliveries();
  return { appId: app.id, privateKeyPem: app.privateKeyPem, clientId: app.clientId };
}

function keysOf(privateKeyPem: string): Pick<AppRow, "privateKeyPem" | "publicKeyPem"> {
  return {
    privateKeyPem,
    publicKeyPem: createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString(),
  };
}

function newApp(
  world: World,
  slug: string,
  bot: AccountRow,
): Omit<AppRow, "permissions" | "events" | "webhookUrl" | "webhookSecret"> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = keysOf(privateKey.export({ type: "pkcs1", format: "pem" }).toString());
  const clientId = `Iv1.${randomBytes(8).toString("hex")}`;
  const owner = world.store.tables.accounts.find((row) => row.type !== "Bot") ?? bot;
  return {
    id: world.store.id(),
    slug,
    name: slug,
    ownerId: owner.id,
    botId: bot.id,
    clientId,
    ...keys,
    contentType: "json",
    createdAt: timestamp(world),
  };
}

function emitPing(world: World, app: AppRow, bot: AccountRow): void {
  const hook = {
    type: "App",
    id: app.id,
    name: "web",
    active: true,
    events: app.events,
    config: { content_type: app.contentType, insecure_ssl: "0", url: app.webhookUrl },
    updated_at: app.createdAt,
    created_at: app.createdAt,
    app_id: app.id,
    deliveries_url: `${world.url}/api/v3/app/hook/deliveries`,
  };
  world.emit({
    event: "ping",
    sender: bot,
    onlyAppId: app.id,
    payload: { zen: "Keep it logically awesome.", hook_id: app.id, hook },
  });
}

function installApp(world: World, appId: number, owner: string, names: readonly string[]): number {
  const { store } = world;
  const { installations, repositories } = store.tables;
  const holder = account(world, owner);
  const ids = names.map((name) => found(repositories.in(holder.id).find((row) => sameName(row.name, name))).id);
  const existing = installations.in(appId).find((row) => row.accountId === holder.id);
  const time = timestamp(world);
  const added = ids.filter((id) => existing?.repositoryIds.includes(id) !== true);
  const installation = store.transaction(() => {
    if (existing !== undefined && added.length === 0) return existing;
    const base = existing ?? { id: store.id(), appId, accountId: holder.id, repositoryIds: [], createdAt: time };
    const row = installations.put({ ...base, repositoryIds: [...base.repositoryIds, ...added], updatedAt: time });
    const shown = repositories.pick(added).map((repository) => presentShortRepository(world, repository));
    const about = { sender: holder, organizationId: holder.id, onlyAppId: appId };
    const common = { installation: presentInstallation(world, row), requester: null };
    if (existing === undefined)
      world.emit({ ...about, event: "installation", action: "created", payload: { ...common, repositories: shown } });
    else {
      const payload = {
        ...common,
        repository_selection: "selected",
        repositories_added: shown,
        repositories_removed: [],
      };
      world.emit({ ...about, event: "installation_repositories", action: "added", payload });
    }
    return row;
  });
  world.wakeDeliveries();
  return installation.id;
}

function presentShortRepository(world: World, repository: RepositoryRow) {
  const { id, node_id, name, full_name } = presentRepository(world, repository);
  return { id, node_id, name, full_name, private: repository.private };
}
