/** The rows of Apps, their installations and their webhooks. */

export interface AppRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly ownerId: number;
  readonly botId: number;
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly contentType: "json" | "form";
  readonly createdAt: string;
}

export interface InstallationRow {
  readonly id: number;
  readonly appId: number;
  readonly accountId: number;
  readonly repositoryIds: readonly number[];
  readonly suspendedAt?: string | null;
  /** What the account has granted, where that is not all that the App asks for. */
  readonly granted?: Readonly<Record<string, string>> | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface InstallationTokenRow {
  readonly id: number;
  readonly token: string;
  readonly installationId: number;
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositoryIds: readonly number[];
  /** Whether the caller asked for fewer repositories than the installation has. */
  readonly narrowed: boolean;
  readonly expiresAt: string;
}

export interface DeliveryRow {
  readonly id: number;
  readonly guid: string;
  readonly appId: number;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  /** Where the payload lies in the payload log, in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly redelivery: boolean;
  /** False until it was attempted. */
  readonly attempted: boolean;
  readonly status: string;
  readonly statusCode: number;
  /** Seconds. */
  readonly duration: number;
  readonly deliveredAt: string;
  readonly responseBody: string | null;
}
