import { randomUUID } from "node:crypto";
import { type Grant, hasGrant } from "./permissions.ts";
import { nodeId, presentAccount, presentOrganization } from "./present/account.ts";
import { presentRepository } from "./present/repository.ts";
import type { AppRow, InstallationRow } from "./rows.ts";
import type { Emit, WebhookEvent } from "./webhook-event.ts";
import type { World } from "./world.ts";
import { timestamp } from "./world.ts";

/** Events that every App gets for its own installations without subscribing. */
const unsubscribed: ReadonlySet<string> = new Set(["installation", "installation_repositories", "ping"]);

/**
 * What an App must have been granted to hear of an event; every other one comes with `metadata`.
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads
 */
const grantOf: Readonly<Record<string, Grant>> = {
  issues: "issues:read",
  issue_comment: "issues:read",
  sub_issues: "issues:read",
  issue_dependencies: "issues:read",
  milestone: "issues:read",
  pull_request: "pull_requests:read",
  pull_request_review: "pull_requests:read",
  pull_request_review_comment: "pull_requests:read",
  push: "contents:read",
  create: "contents:read",
  delete: "contents:read",
  check_run: "checks:read",
  status: "statuses:read",
  member: "members:read",
  membership: "members:read",
  team: "members:read",
  organization: "members:read",
};

/** Makes the function that turns an event into one pending delivery per App that should hear of it. */
export function createEmit(world: () => World, noted: number[]): Emit {
  return (event) => {
    for (const target of targetsOf(world(), event)) noted.push(noteDelivery(world(), event, target));
  };
}

interface Target {
  readonly app: AppRow;
  readonly installation: InstallationRow | null;
}

function targetsOf(world: World, event: WebhookEvent): Target[] {
  const { apps, installations } = world.store.tables;
  if (event.event === "ping") return apps.pick([event.onlyAppId ?? 0]).map((app) => ({ app, installation: null }));
  return [...installations.all()].flatMap((installation) => {
    const app = apps.get(installation.appId);
    return app !== undefined && hears(app, installation, event) ? [{ app, installation }] : [];
  });
}

function hears(app: AppRow, installation: InstallationRow, event: WebhookEvent): boolean {
  if (event.onlyAppId !== undefined && event.onlyAppId !== app.id) return false;
  if (!unsubscribed.has(event.event) && !app.events.includes(event.event)) return false;
  const grant = grantOf[event.event];
  if (grant !== undefined && !hasGrant(installation.granted ?? app.permissions, grant)) return false;
  if (event.repository !== undefined) return installation.repositoryIds.includes(event.repository.id);
  return event.organizationId === undefined || installation.accountId === event.organizationId;
}

function noteDelivery(world: World, event: WebhookEvent, target: Target): number {
  const { store } = world;
  const payload = store.payloads.append(JSON.stringify(payloadOf(world, event, target)));
  const row = store.tables.deliveries.put({
    id: store.id(),
    guid: randomUUID(),
    appId: target.app.id,
    event: event.event,
    action: event.action ?? null,
    installationId: target.installation?.id ?? null,
    repositoryId: event.repository?.id ?? null,
    ...payload,
    redelivery: false,
    attempted: false,
    status: "pending",
    statusCode: 0,
    duration: 0,
    deliveredAt: timestamp(world),
    responseBody: null,
  });
  return row.id;
}

function payloadOf(world: World, event: WebhookEvent, target: Target): Record<string, unknown> {
  const owner = world.store.tables.accounts.get(event.repository?.ownerId ?? event.organizationId ?? null);
  // The event's repository is the row of before the transaction: show the current one.
  const repository = world.store.tables.repositories.get(event.repository?.id ?? null);
  return {
    ...(event.action === undefined ? {} : { action: event.action }),
    ...event.payload,
    ...(repository === undefined || "repository" in event.payload
      ? {}
      : { repository: presentRepository(world, repository) }),
    ...(owner?.type === "Organization" ? { organization: presentOrganization(world, owner) } : {}),
    ...(target.installation === null || "installation" in event.payload
      ? {}
      : { installation: { id: target.installation.id, node_id: nodeId("Installation", target.installation.id) } }),
    ...(event.event === "ping" ? {} : { sender: presentAccount(world, event.sender) }),
  };
}
