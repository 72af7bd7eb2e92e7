import { found } from "./github-error.ts";
import { account, addAccount } from "./seed-accounts.ts";
import { grantPermissions, installApp, registerApp } from "./seed-app.ts";
import { addRepository, forkRepository } from "./seed-repository.ts";
import type { SeededUser, Seeding } from "./seeding.ts";
import { putTeamMember } from "./team-members.ts";
import type { World } from "./world.ts";

/** The seeding calls on a running world; `hook` is where Apps without an address of their own get their webhooks. */
export function createSeeding(world: World, hook: { url: string; secret: string } | undefined): Seeding {
  return {
    addUser: (login) => addUser(world, login),
    addOrganization: (login, members = {}) => addOrganization(world, login, members),
    addTeam: (organization, slug, members, options = {}) => addTeam(world, organization, slug, members, options.parent),
    addRepository: (owner, name, options = {}) => addRepository(world, owner, name, options),
    forkRepository: (owner, name, login) => forkRepository(world, owner, name, login),
    registerApp: (options) => registerApp(world, options, hook),
    installApp: (appId, owner, repositories) => installApp(world, appId, owner, repositories),
    grantPermissions: (installation, granted) => grantPermissions(world, installation, granted),
    suspendUser: (login, suspended) => {
      const row = account(world, login);
      world.store.transaction(() => world.store.tables.accounts.put({ ...row, suspended }));
    },
  };
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
