import { organizationPermissions, permissions } from "../registry.ts";
import { splitUrl } from "./resources.ts";

type Permissions = Readonly<Record<string, string>>;

/** What an installation's token is good for; one that names no repository is for all of the installation. */
export type TokenScope = {
  readonly repositoryNames?: readonly string[];
  readonly repositoryIds?: readonly number[];
  /** Absent: everything that was granted. */
  readonly permissions?: Permissions;
};

const ofRepository: Permissions = Object.fromEntries(
  Object.entries(permissions).filter(([name]) => !organizationPermissions.some((each) => each === name)),
);

/** Teams and their members, accounts, and which repositories there are. */
const ofAccount: Permissions = {
  metadata: permissions.metadata,
  ...Object.fromEntries(organizationPermissions.map((name) => [name, permissions[name]])),
};

/** An issue may wait for one of another repository, which a token of its own repository does not show. */
const acrossRepositories = /^\/issues\/\d+\/dependencies\/blocked_by$/;

/** Pages of a list, as GitHub links to them. */
const byId = /\/repositories\/(\d+)(?:[/?]|$)/;

/** The scope of what belongs to no repository. */
export const accountScope: TokenScope = { permissions: ofAccount };

/**
 * The least that a request needs: the repository that its URL names and what the App does in repositories; of everything
 * else the people and the list of repositories. `repository` is for a URL that names none, as GraphQL's.
 */
export function scopeOfRequest(method: string, url: string, repository?: string): TokenScope {
  const split = splitUrl(url);
  if (split !== null && method === "GET" && acrossRepositories.test(split.path)) {
    return { permissions: { metadata: permissions.metadata, issues: "read" } };
  }
  const name = split?.repository.split("/")[1] ?? repository;
  if (name !== undefined) return { repositoryNames: [name], permissions: ofRepository };
  const id = byId.exec(url)?.[1];
  return id === undefined ? accountScope : { repositoryIds: [Number(id)], permissions: ofRepository };
}

/** Of what is wanted, what was granted; of a wish to write where only reading was, reading. */
export function grantedOf(wanted: Permissions, granted: Readonly<Record<string, string | undefined>>): Permissions {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, access]) => {
      const held = granted[name];
      return held === undefined ? [] : [[name, held === "read" ? held : access] as const];
    }),
  );
}
