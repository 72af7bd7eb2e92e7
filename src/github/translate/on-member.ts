import { rolesChanged } from "../roles/roles-changed.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { memberPayload } from "./installation-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";

/** Somebody's permission in the repository changed; also an outside collaborator's. */
export async function onMember(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = memberPayload.parse(delivery.payload);
  const { repository } = repositoryOf(payload);
  const { member } = payload;
  await rolesChanged(deps, { repository, ...(member == null ? {} : { holder: member.id }) }, delivery.id);
}
