import { followInstallation } from "../repositories/follow-repositories.ts";
import { type AppDeps, type Delivery, followDepsOf } from "./app-deps.ts";
import { installationPayload } from "./payloads.ts";

/**
 * The life of an installation: created, deleted, suspended and taken up again, new permissions accepted, repositories
 * added and removed. Labels are made at once, because issue forms drop missing ones.
 */
export async function onInstallation(deps: AppDeps, delivery: Delivery): Promise<void> {
  const { installation } = installationPayload.parse(delivery.payload);
  await followInstallation(followDepsOf(deps), installation.id);
}
