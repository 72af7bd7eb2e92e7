import { z } from "zod";

const dependencies = z.record(z.string(), z.string()).optional();

const packageFile = z.object({
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  workspaces: z.unknown().optional(),
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
export type LockVerdict = { readonly packages: number; readonly refusal: string | null };

/**
 * Reads a package-lock.json that a candidate may have written. Installing has a network, so every package must come from
 * a registry by https (or from `registry`, whatever its protocol): no git address, no file, no link. The host is npm's to
 * replace: packages come from the configured registry only, and the integrity is checked. The integrity is the lock file's
 * own word, so each address must be one of the package that it stands for.
 */
export function judgeLockFile(packageText: string, lockText: string, registry: string | undefined): LockVerdict {
  const project = packageFile.safeParse(json(packageText));
  const lock = lockFile.safeParse(json(lockText));
  if (!project.success) return { packages: 0, refusal: "package.json cannot be read." };
  if (!lock.success) return { packages: 0, refusal: "package-lock.json cannot be read, or is older than version 2." };
  if (project.data.workspaces !== undefined) return { packages: 0, refusal: "Workspaces are not installed." };
  const packages = Object.entries(lock.data.packages).filter(([path]) => path !== "");
  const wrong = packages.find(([, { version, resolved, integrity, link, inBundle }]) => {
    if (link === true) return true;
    if (inBundle === true && resolved === undefined) return false;
    // Without an address it is looked up by its version; the integrity says that a registry gave it once.
    return resolved === undefined ? version === undefined || integrity === undefined : !isTarball(resolved, registry);
  });
  if (wrong !== undefined)
    return { packages: packages.length, refusal: `${wrong[0]} does not come from a package registry.` };
  const aliases = aliasesIn([project.data, ...Object.values(lock.data.packages)]);
  const swapped = packages.find(([path, { name, resolved }]) => {
    const called = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (name !== undefined && name !== called && !aliases.has(`${called} ${name}`)) return true;
    return resolved !== undefined && !isTarballOf(resolved, name ?? called);
  });
  if (swapped !== undefined) {
    const { name, resolved } = swapped[1];
    const what = resolved ?? name ?? "";
    return { packages: packages.length, refusal: `${swapped[0]} is locked to another package: ${what.slice(0, 200)}` };
  }
  return { packages: packages.length, refusal: null };
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
