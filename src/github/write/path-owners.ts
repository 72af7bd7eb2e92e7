import picomatch from "picomatch";

/** `paths.ownership` of `.github/fleet.yml`: glob → teams (`@org/team`) and logins. */
export type Ownership = Readonly<Record<string, readonly string[]>>;

/**
 * The teams and logins whose globs fit one of the paths, each once, in the order of the file. Globs are as in .gitignore:
 * one without a slash fits at any depth, and one that names a folder fits everything below it.
 * @see https://git-scm.com/docs/gitignore#_pattern_format
 */
export function ownersOf(ownership: Ownership, paths: readonly string[]): readonly string[] {
  const owners = Object.entries(ownership).flatMap(([glob, actors]) => {
    const fits = picomatch([...patternsOf(glob)], { dot: true, nocase: true, nonegate: true });
    return paths.some((path) => fits(path)) ? actors : [];
  });
  return [...new Map(owners.map((actor) => [actor.replace(/^@/, "").toLowerCase(), actor])).values()];
}

function patternsOf(glob: string): readonly string[] {
  const path = glob.replace(/^\//, "").replace(/\/$/, "");
  const rooted = glob.replace(/\/$/, "").includes("/") ? path : `**/${path}`;
  const below = `${rooted}/**`;
  return glob.endsWith("/") ? [below] : [rooted, below];
}
