import { rolesChanged } from "../roles/roles-changed.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { membershipPayload } from "./installation-payloads.ts";

/** Somebody joined a team or left it. A deleted account is named by nobody: then everybody is looked at. */
export async function onMembership(deps: AppDeps, delivery: Delivery): Promise<void> {
  const { installation, member } = membershipPayload.parse(delivery.payload);
  const scope = { installation: installation.id, ...(member == null ? {} : { holder: member.id }) };
  await rolesChanged(deps, scope, delivery.id);
}
