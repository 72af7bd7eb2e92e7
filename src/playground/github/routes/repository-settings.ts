import { z } from "zod";
import { found, unprocessable } from "../github-error.ts";
import { forgetRepository } from "../installations.ts";
import {
  authorOf,
  bodyOf,
  type Operation,
  onRepository,
  type Reply,
  type RepositoryCall,
  sameName,
} from "../operation.ts";
import type { RepositoryAccess } from "../permissions.ts";
import { presentAccount } from "../present/account.ts";
import { fullName, presentFullRepository, presentRepository } from "../present/repository.ts";
import type { RepositoryRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { findAccount } from "./find.ts";

const administer: RepositoryAccess = { app: ["administration:write"], user: "admin" };

const settings = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  archived: z.boolean().optional(),
  default_branch: z.string().optional(),
});

/** Renames, archives and unarchives, each with its own event. */
function update(call: RepositoryCall): Reply {
  const { world, repository } = call;
  const { name, description, archived, default_branch } = bodyOf(call, settings);
  const by = authorOf(call).account;
  const row = world.store.transaction(() => {
    const changed = put(call, {
      ...(name === undefined ? {} : renamed(call, name)),
      ...(description === undefined ? {} : { description }),
      ...(archived === undefined ? {} : { archived }),
      ...(default_branch === undefined ? {} : { defaultBranch: default_branch }),
    });
    const about = { event: "repository", sender: by, repository: changed };
    if (name !== undefined && name !== repository.name) {
      const payload = { changes: { repository: { name: { from: repository.name } } } };
      world.emit({ ...about, action: "renamed", payload });
    }
    if (archived !== undefined && archived !== (repository.archived === true))
      world.emit({ ...about, action: archived ? "archived" : "unarchived", payload: {} });
    return changed;
  });
  return { status: 200, body: presentFullRepository(world, row, call.actor) };
}

function put({ world, repository }: RepositoryCall, change: Partial<RepositoryRow>): RepositoryRow {
  return world.store.tables.repositories.put({ ...repository, ...change, updatedAt: timestamp(world) });
}

/** The old name leads to the repository from now on. */
function renamed(call: RepositoryCall, name: string): Partial<RepositoryRow> {
  const { world, repository } = call;
  const taken = world.store.tables.repositories.in(repository.ownerId).some((row) => sameName(row.name, name));
  if (taken) throw unprocessable("name already exists on this account", "Repository", "name");
  return { name, formerNames: [...(repository.formerNames ?? []), fullName(world, repository).toLowerCase()] };
}

/** To another owner. The installations of the old one lose it; those of the new one are asked for it anew. */
function transfer(call: RepositoryCall): Reply {
  const { world, repository } = call;
  const { new_owner } = bodyOf(call, z.object({ new_owner: z.string() }));
  const owner = found(findAccount(call, new_owner));
  const before = found(world.store.tables.accounts.get(repository.ownerId));
  const by = authorOf(call).account;
  const row = world.store.transaction(() => {
    forgetRepository(world, repository, by);
    const formerNames = [...(repository.formerNames ?? []), fullName(world, repository).toLowerCase()];
    const changed = put(call, { ownerId: owner.id, formerNames });
    const kind = before.type === "Organization" ? "organization" : "user";
    const payload = { changes: { owner: { from: { [kind]: presentAccount(world, before) } } } };
    world.emit({ event: "repository", action: "transferred", sender: by, repository: changed, payload });
    return changed;
  });
  return { status: 202, body: presentRepository(world, row) };
}

function remove(call: RepositoryCall): Reply {
  const { world, repository } = call;
  const by = authorOf(call).account;
  world.store.transaction(() => {
    const shown = presentRepository(world, repository);
    world.emit({ event: "repository", action: "deleted", sender: by, repository, payload: { repository: shown } });
    forgetRepository(world, repository, by);
    world.store.tables.repositories.remove(repository.id);
  });
  return { status: 204 };
}

export const repositorySettingOperations: readonly Operation[] = [
  onRepository("repos/update", "PATCH", "", administer, update),
  onRepository("repos/delete", "DELETE", "", administer, remove),
  onRepository("repos/transfer", "POST", "/transfer", administer, transfer),
];
