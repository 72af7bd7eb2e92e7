import { found } from "../github-error.ts";
import type { AppRow, DeliveryRow, InstallationRow } from "../rows.ts";
import type { World } from "../world.ts";
import { nodeId, presentAccount } from "./account.ts";

/** `integration`. */
export function presentApp(world: World, app: AppRow) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    owner: presentAccount(world, found(world.store.tables.accounts.get(app.ownerId))),
    name: app.name,
    description: "",
    external_url: world.url,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

export function presentAppId(world: World, id: number | null) {
  const app = world.store.tables.apps.get(id);
  return app === undefined ? null : presentApp(world, app);
}

/** `installation`. */
export function presentInstallation(world: World, installation: InstallationRow) {
  const app = found(world.store.tables.apps.get(installation.appId));
  const account = found(world.store.tables.accounts.get(installation.accountId));
  return {
    id: installation.id,
    client_id: app.clientId,
    account: presentAccount(world, account),
    repository_selection: "selected",
    access_tokens_url: `${world.url}/api/v3/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/api/v3/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.granted ?? app.permissions,
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt == null ? null : presentAccount(world, account),
    suspended_at: installation.suspendedAt ?? null,
  };
}

/** `hook-delivery-item`. */
export function presentDelivery(delivery: DeliveryRow) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
