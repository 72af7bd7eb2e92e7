import type { PermissionLevel } from "./rows.ts";

export interface SeededUser {
  readonly id: number;
  readonly login: string;
  /** A personal access token for REST and git. */
  readonly token: string;
}

export interface RepositoryOptions {
  /** A directory whose files become the first commit. */
  readonly fromDirectory?: string;
  readonly defaultBranch?: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly collaborators?: Readonly<Record<string, PermissionLevel>>;
}

export interface AppOptions {
  readonly slug: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  /** PEM; made when absent. */
  readonly privateKey?: string;
}

export interface SeededApp {
  readonly appId: number;
  readonly privateKeyPem: string;
  readonly clientId: string;
}

/** What fills the local GitHub. Each call may be repeated: what exists is kept, with its ids and tokens. */
export interface Seeding {
  addUser(login: string): SeededUser;
  addOrganization(login: string, members?: Readonly<Record<string, "member" | "admin">>): { id: number; login: string };
  addTeam(
    organization: string,
    slug: string,
    members: readonly string[],
    options?: { parent?: string },
  ): { id: number };
  addRepository(
    owner: string,
    name: string,
    options?: RepositoryOptions,
  ): Promise<{ id: number; fullName: string; cloneUrl: string }>;
  /** A person's fork of a repository, under the same name and with its branches as they are now. */
  forkRepository(
    owner: string,
    name: string,
    login: string,
  ): Promise<{ id: number; fullName: string; cloneUrl: string }>;
  registerApp(options: AppOptions): SeededApp;
  installApp(appId: number, owner: string, repositories: readonly string[]): number;
  /** What an account has granted to an installation, where that is not all that the App asks for; null: all. */
  grantPermissions(installationId: number, granted: Readonly<Record<string, string>> | null): void;
  /** GitHub takes an account out of service, or puts it back. */
  suspendUser(login: string, suspended: boolean): void;
}
