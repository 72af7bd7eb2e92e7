/**
 * What can change on GitHub by itself, as far as the fleet reads it: the labels, comments, reviews … of one issue or pull
 * request (they share their numbers), the check runs and statuses of a commit, the files of the default branch. Each has a name, so
 * that whoever hears of a change can say what is no longer known.
 */
export type ResourceKind =
  | "core"
  | "labels"
  | "comments"
  | "reviewers"
  | "reviews"
  | "children"
  | "checks"
  | "own checks"
  | "statuses"
  | "files"
  | "repository";

/** The name of a resource: repository (`owner/name`, as in the URL), kind, and number or commit. */
export function resourceName(repository: string, kind: ResourceKind, of: number | string = ""): string {
  return `${repository.toLowerCase()} ${kind} ${of}`;
}

/** What belongs to one issue or pull request. */
export const numberedKinds = [
  "core",
  "labels",
  "comments",
  "reviewers",
  "reviews",
  "children",
] as const satisfies readonly ResourceKind[];

const patterns: readonly (readonly [RegExp, ResourceKind])[] = [
  [/^\/(?:issues|pulls)\/(\d+)$/, "core"],
  [/^\/issues\/(\d+)\/labels$/, "labels"],
  [/^\/issues\/(\d+)\/comments$/, "comments"],
  [/^\/issues\/(\d+)\/sub_issues$/, "children"],
  [/^\/pulls\/(\d+)\/requested_reviewers$/, "reviewers"],
  [/^\/pulls\/(\d+)\/reviews$/, "reviews"],
  [/^\/commits\/([0-9a-f]{40})\/check-runs$/, "checks"],
  [/^\/commits\/([0-9a-f]{40})\/status$/, "statuses"],
  [/^\/contents\/()/, "files"],
  [/^()$/, "repository"],
];

/** The App's own check runs are read by their name. What other Apps run on the commit is no news of them. */
const ownCheckQuery = /[?&]check_name=fleet(%2F|\/)/i;

/** Whether a GET of this URL reads what nobody but the App changes. */
export function isOwnAlone(url: string): boolean {
  return ownCheckQuery.test(url);
}

/** Whether a check run's name is one of the App's. */
export function isOwnCheck(name: string): boolean {
  return name.startsWith("fleet/");
}

/** A URL below a repository: `owner/name` and the path behind it, without the query. */
export function splitUrl(url: string): { readonly repository: string; readonly path: string } | null {
  const [, repository, path = ""] = /\/repos\/([^/]+\/[^/?]+)([^?]*)/.exec(url) ?? [];
  return repository === undefined ? null : { repository, path };
}

const people = /\/orgs\/[^/]+\/teams\/[^/]+\/(?:members(?:\?|$)|memberships\/)|\/users?\/[^/?]+$/;

/**
 * Whether it is a look-up of people beside repositories: who belongs to a team, how an account stands. It is asked for
 * each time, with its ETag: whoever lost a role must not keep it because a webhook got lost, and how long an answer
 * counts is for the roles' own cache.
 */
export function readsPeople(url: string): boolean {
  return people.test(url);
}

/** The file that says who holds which role is asked for each time, too, like people. */
const rolesFile = /^\/contents\/\.github(?:\/|%2F)fleet\.yml$/i;

/** The resource that a GET of this URL reads; null for one that is always asked for. */
export function readResource(url: string): string | null {
  const split = splitUrl(url);
  if (split === null || rolesFile.test(split.path)) return null;
  for (const [pattern, kind] of patterns) {
    const match = pattern.exec(split.path);
    if (match === null) continue;
    const isOwn = kind === "checks" && ownCheckQuery.test(url);
    return resourceName(split.repository, isOwn ? "own checks" : kind, match[1]);
  }
  return null;
}

/** Whether a GET of this URL always has the same answer: a commit, by its full hash. */
export function isImmutable(url: string): boolean {
  return /^\/(git\/)?commits\/[0-9a-f]{40}$/.test(splitUrl(url)?.path ?? "");
}
