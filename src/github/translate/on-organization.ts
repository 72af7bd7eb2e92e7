import { rolesChanged } from "../roles/roles-changed.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { organizationPayload } from "./installation-payloads.ts";

/** Somebody left the organisation, and with it its teams. */
export async function onOrganization(deps: AppDeps, delivery: Delivery): Promise<void> {
  const { installation, membership } = organizationPayload.parse(delivery.payload);
  const user = membership?.user;
  await rolesChanged(
    deps,
    { installation: installation.id, ...(user == null ? {} : { holder: user.id }) },
    delivery.id,
  );
}
