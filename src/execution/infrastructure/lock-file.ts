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
    z.object({ resolved: z.string().optional(), link: z.boolean().optional(), inBundle: z.boolean().optional() }),
  ),
});

/** Whether there is anything to install, and if so whether it may be: a reason why not, or null. */
export type LockVerdict = { readonly packages: number; readonly refusal: string | null };

/**
 * Reads a package-lock.json that a candidate may have written. Installing has a network, so every package must come from
 * a registry by https (or from `registry`, whatever its protocol): no git address, no file, no link, no other host.
 */
export function judgeLockFile(packageText: string, lockText: string, registry: string): LockVerdict {
  const project = packageFile.safeParse(json(packageText));
  const lock = lockFile.safeParse(json(lockText));
  if (!project.success) return { packages: 0, refusal: "package.json cannot be read." };
  if (!lock.success) return { packages: 0, refusal: "package-lock.json cannot be read, or is older than version 2." };
  if (project.data.workspaces !== undefined) return { packages: 0, refusal: "Workspaces are not installed." };
  const packages = Object.entries(lock.data.packages).filter(([path]) => path !== "");
  const allowed = new Set(["https://registry.npmjs.org", new URL(registry).origin]);
  const wrong = packages.find(([, { resolved, link, inBundle }]) => {
    if (link === true) return true;
    if (resolved === undefined) return inBundle !== true;
    return !URL.canParse(resolved) || !allowed.has(new URL(resolved).origin);
  });
  if (wrong !== undefined)
    return { packages: packages.length, refusal: `${wrong[0]} does not come from a package registry.` };
  return { packages: packages.length, refusal: null };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
