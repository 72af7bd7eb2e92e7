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
 * replace: packages come from the configured registry only, and the integrity is checked.
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
  return { packages: packages.length, refusal: null };
}

function isTarball(address: string, registry: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, origin } = new URL(address);
  return protocol === "https:" || (registry !== undefined && origin === new URL(registry).origin);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
