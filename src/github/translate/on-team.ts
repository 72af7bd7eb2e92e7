import { rolesChanged } from "../roles/roles-changed.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { teamPayload } from "./installation-payloads.ts";

/**
 * A team was renamed, moved below another one or deleted, or its permission in a repository changed: any role may have.
 * Where `.github/fleet.yml` names teams, its names are looked at again, because a renamed team has another one.
 */
export async function onTeam(deps: AppDeps, delivery: Delivery): Promise<void> {
  const { installation, organization, action } = teamPayload.parse(delivery.payload);
  await rolesChanged(deps, { installation: installation.id }, delivery.id);
  if (action !== "edited" && action !== "deleted") return;
  for (const standing of await deps.repositories.in(installation.id)) {
    const { repository, owner, repo, paused } = standing;
    if (paused !== null || !(await deps.configurations.mentions(repository, `@${organization.login}/`))) continue;
    await deps.write({ kind: "settings", ref: { installation: installation.id, repository, owner, repo } });
  }
}
