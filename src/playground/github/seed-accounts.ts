import { randomBytes } from "node:crypto";
import { sameName } from "./operation.ts";
import type { AccountRow } from "./rows.ts";
import { timestamp, type World } from "./world.ts";

function accountNamed(world: World, login: string): AccountRow | undefined {
  return world.store.tables.accounts.find((row) => sameName(row.login, login));
}

/** The account with this login. @throws Error when there is none: a fault of whoever seeds. */
export function account(world: World, login: string): AccountRow {
  const row = accountNamed(world, login);
  if (row === undefined) throw new Error(`The local GitHub has no account ${login}`);
  return row;
}

/** Makes an account unless it is there. */
export function addAccount(world: World, login: string, type: AccountRow["type"]): AccountRow {
  const existing = accountNamed(world, login);
  if (existing !== undefined) return existing;
  const token = type === "User" ? `ghp_${randomBytes(18).toString("hex")}` : null;
  const { store } = world;
  return store.transaction(() =>
    store.tables.accounts.put({ id: store.id(), login, type, token, createdAt: timestamp(world) }),
  );
}
