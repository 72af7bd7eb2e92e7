/** Whom an entry of `.github/fleet.yml` names. */
export type Actor =
  | { readonly kind: "team"; readonly organization: string; readonly slug: string }
  /** A person, or a bot (`name[bot]`). */
  | { readonly kind: "login"; readonly login: string };

/** Reads an entry: `@org/team`, or a login with or without `@`. The schema of the file has judged its form. */
export function parseActor(entry: string): Actor {
  const name = entry.replace(/^@/, "");
  const slash = name.indexOf("/");
  return slash < 0
    ? { kind: "login", login: name }
    : { kind: "team", organization: name.slice(0, slash), slug: name.slice(slash + 1) };
}

/** GitHub compares logins and team names without their case. */
export function sameLogin(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
