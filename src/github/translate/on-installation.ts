import type { AppDeps, Delivery } from "./app-deps.ts";
import { installationPayload } from "./payloads.ts";

/** A new installation, or new repositories of one: their labels are made at once, because issue forms drop missing ones. */
export async function onInstallation(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = installationPayload.parse(delivery.payload);
  for (const { id, full_name } of [...payload.repositories, ...payload.repositories_added]) {
    const [owner = "", repo = ""] = full_name.split("/");
    await deps.write({ kind: "labels", ref: { installation: payload.installation.id, repository: id, owner, repo } });
  }
}
