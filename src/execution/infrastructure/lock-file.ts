import { z } from "zod";

const dependencies = z.record(z.string(), z.string()).optional();

const packageFile = z.object({
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
});

const lockFile = z.object({
  lockfileVersion: z.int().min(2),
  packages: z.record(
    z.string(),
    z.object({
      /** Where it is installed under another name than its own. */
      name: z.string().optional(),
      dependencies: dependencies.catch(undefined),
      devDependencies: dependencies.catch(undefined),
      optionalDependencies: dependencies.catch(undefined),
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});

/** Whether there is anything to install, and if so whether it may be: a reason why not, or null. */
export type LockVerdict = {
  readonly packages: number;
  /** Folders of the repository that are packages themselves; `ownPackages`: some are installed below it. */
  readonly workspaces: readonly { readonly path: string; readonly ownPackages: boolean }[];
  readonly refusal: string | null;
};

/**
 * Reads a package-lock.json that a candidate may have written. Installing has a network, so every package must come from
 * a registry by https (or from `registry`, whatever its protocol): no git address, no file, and a link only to a workspace
 * of the repository by its name. The host is npm's to
 * replace: packages come from the configured registry only, and the integrity is checked. The integrity is the lock file's
 * own word, so each address must be one of the package that it stands for.
 */
export function judgeLockFile(packageText: string, lockText: string, registry: string | undefined): LockVerdict {
  const project = packageFile.safeParse(json(packageText));
  const lock = lockFile.safeParse(json(lockText));
  const refused = (refusal: string, packages = 0): LockVerdict => ({ packages, workspaces: [], refusal });
  if (!project.success) return refused("package.json cannot be read.");
  if (!lock.success) return refused("package-lock.json cannot be read, or is older than version 2.");
  const all = Object.entries(lock.data.packages).filter(([path]) => path !== "");
  const members = new Map(all.filter(([path]) => !isInstalled(path)));
  const outside = [...members.keys()].find((path) => !isPlainPath(path));
  if (outside !== undefined)
    return refused(`The lock file has a workspace outside the repository: ${outside.slice(0, 200)}`);
  const packages = all.filter(([path]) => isInstalled(path));
  const wrong = packages.find(([path, { version, resolved, integrity, link, inBundle }]) => {
    if (link === true) return members.get(resolved ?? "")?.name !== nameIn(path);
    if (inBundle === true && resolved === undefined) return false;
    // Without an address it is looked up by its version; the integrity says that a registry gave it once.
    return resolved === undefined ? version === undefined || integrity === undefined : !isTarball(resolved, registry);
  });
  if (wrong !== undefined) return refused(`${wrong[0]} does not come from a package registry.`, packages.length);
  const aliases = aliasesIn([project.data, ...Object.values(lock.data.packages)]);
  const swapped = packages.find(([path, { name, resolved, link }]) => {
    if (link === true) return false;
    const called = nameIn(path);
    if (name !== undefined && name !== called && !aliases.has(`${called} ${name}`)) return true;
    return resolved !== undefined && !isTarballOf(resolved, name ?? called);
  });
  if (swapped !== undefined) {
    const { name, resolved } = swapped[1];
    const what = resolved ?? name ?? "";
    return refused(`${swapped[0]} is locked to another package: ${what.slice(0, 200)}`, packages.length);
  }
  const workspaces = [...members.keys()].map((path) => {
    return { path, ownPackages: packages.some(([each]) => each.startsWith(`${path}/node_modules/`)) };
  });
  return { packages: packages.length, workspaces, refusal: null };
}

/** Below a `node_modules`, as all packages but the repository's own are. */
function isInstalled(path: string): boolean {
  return /(?:^|\/)node_modules\//.test(path);
}

/** A path below the repository's root, without `..`. */
export function isPlainPath(path: string): boolean {
  return path.split("/").every((part) => /^[\w@+.~ -]+$/.test(part) && !/^\.{1,2}$/.test(part));
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

function isTarball(address: string, registry: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, origin } = new URL(address);
  return protocol === "https:" || (registry !== undefined && origin === new URL(registry).origin);
}

type Dependent = Readonly<
  Partial<
    Record<"dependencies" | "devDependencies" | "optionalDependencies", Readonly<Record<string, string>> | undefined>
  >
>;

/** What is asked for under another name (`"a": "npm:b@1"`), as `a b`. */
function aliasesIn(all: readonly Dependent[]): ReadonlySet<string> {
  const ranges = all
    .flatMap((each) => [each.dependencies, each.devDependencies, each.optionalDependencies])
    .flatMap((list) => Object.entries(list ?? {}));
  return new Set(
    ranges.flatMap(([name, range]) => {
      const real = /^npm:(.+?)(?:@[^@/]*)?$/.exec(range)?.[1];
      return real === undefined ? [] : [`${name} ${real}`];
    }),
  );
}

/** Registries put a package's tarballs below its name; a scope before a name makes it another package's. */
function isTarballOf(address: string, name: string): boolean {
  const path = new URL(address).pathname.replaceAll(/%2f/gi, "/").replaceAll("%40", "@");
  const at = path.indexOf(`/${name}/`);
  return at >= 0 && (name.startsWith("@") || !/\/@[^/]+$/.test(path.slice(0, at)));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
