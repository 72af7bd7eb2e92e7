import { followInstallation } from "../repositories/follow-repositories.ts";
import { type AppDeps, type Delivery, followDepsOf } from "./app-deps.ts";
import { installationPayload } from "./installation-payloads.ts";

/**
 * The life of an installation: created, deleted, suspended and taken up again, new permissions accepted, repositories
 * added and removed. Labels are made at once, because issue forms drop missing ones.
 */
export async function onInstallation(deps: AppDeps, delivery: Delivery): Promise<void> {
  const { installation, repositories, repositories_added } = installationPayload.parse(delivery.payload);
  const named = [...repositories, ...repositories_added].map(({ id, full_name }) => {
    const [owner = "", repo = ""] = full_name.split("/");
    return { installation: installation.id, repository: id, owner, repo };
  });
  await followInstallation(followDepsOf(deps), installation.id, named);
}
