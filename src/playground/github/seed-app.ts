import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { found } from "./github-error.ts";
import { emitInstallation, presentShortRepository } from "./installations.ts";
import { sameName } from "./operation.ts";
import { presentInstallation } from "./present/app.ts";
import type { AccountRow, AppRow } from "./rows.ts";
import { account, addAccount } from "./seed-accounts.ts";
import type { AppOptions, SeededApp } from "./seeding.ts";
import { timestamp, type World } from "./world.ts";

/** Registers an App, or brings a registered one up to date. Its keys stay unless others are given. */
export function registerApp(
  world: World,
  options: AppOptions,
  hook: { url: string; secret: string } | undefined,
): SeededApp {
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

/** Of all Apps that bring none, in this process: making one takes longer than the rest of a start. */
let usualKey: string | undefined;

function makeKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}

function newApp(
  world: World,
  slug: string,
  bot: AccountRow,
): Omit<AppRow, "permissions" | "events" | "webhookUrl" | "webhookSecret"> {
  usualKey ??= makeKey();
  const keys = keysOf(usualKey);
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

/** Installs an App on repositories of an account, or adds some to its installation. */
export function installApp(world: World, appId: number, owner: string, names: readonly string[]): number {
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

/**
 * What an account has granted to an installation: fewer than the App asks for while it has not accepted the new ones;
 * null accepts all, which the App is told.
 */
export function grantPermissions(
  world: World,
  installationId: number,
  granted: Readonly<Record<string, string>> | null,
): void {
  const { installations, accounts } = world.store.tables;
  const installation = found(installations.get(installationId));
  world.store.transaction(() => {
    const row = installations.put({ ...installation, granted });
    if (granted === null)
      emitInstallation(world, row, "new_permissions_accepted", found(accounts.get(installation.accountId)));
  });
  world.wakeDeliveries();
}
