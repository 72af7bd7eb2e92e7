import type { AccountRow, RepositoryRow } from "./rows.ts";

/** Something that happened, as webhooks tell it. */
export interface WebhookEvent {
  readonly event: string;
  readonly action?: string;
  readonly sender: AccountRow;
  readonly repository?: RepositoryRow;
  /** For events of an organization that belong to no repository. */
  readonly organizationId?: number;
  /** Only for this App, whatever it subscribes to. */
  readonly onlyAppId?: number;
  /** The fields beside action, repository, organization, installation and sender. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Notes an event; only inside a transaction. */
export type Emit = (event: WebhookEvent) => void;
