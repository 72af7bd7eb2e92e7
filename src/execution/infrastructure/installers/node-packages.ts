import { z } from "zod";
import { judgeLockFile } from "../lock-file.ts";
import type { Installer } from "./installer.ts";

const dependencies = z.record(z.string(), z.string()).catch({});
const packageJson = z
  .object({ dependencies, devDependencies: dependencies })
  .catch({ dependencies: {}, devDependencies: {} });

/**
 * `npm ci --ignore-scripts`, from the one registry: no `.npmrc` of the project is read. Without a lock file, or with one
 * that names nothing, there is nothing to install.
 */
export function createNodePackages(registry: string | undefined): Installer {
  return async (read) => {
    const [project, lock] = [await read("package.json"), await read("package-lock.json")];
    if (project === null) return { kind: "nothing" };
    if (lock === null) return otherLock(project, read);
    const { packages, refusal } = judgeLockFile(project, lock, registry);
    if (refusal !== null) return { kind: "refused", reason: refusal };
    if (packages === 0) return { kind: "nothing" };
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    // Whatever host a lock file names, packages come from the one registry.
    const source = ["--replace-registry-host=always", ...(registry === undefined ? [] : [`--registry=${registry}`])];
    return {
      kind: "install",
      files: { "package.json": project, "package-lock.json": lock },
      version: process.version,
      program: "npm",
      args: (_, scratch) => ["ci", "--ignore-scripts", ...quiet, ...source, `--cache=${scratch}/cache`],
      folder: "node_modules",
      to: "node_modules",
    };
  };
}

/** Lock files of other package managers are not read: a project that needs its packages says so instead of failing oddly. */
async function otherLock(project: string, read: (name: string) => Promise<string | null>) {
  const { dependencies, devDependencies } = packageJson.parse(parsed(project));
  if (Object.keys(dependencies).length + Object.keys(devDependencies).length === 0) return { kind: "nothing" as const };
  for (const [name, manager] of [
    ["pnpm-lock.yaml", "pnpm"],
    ["yarn.lock", "yarn"],
  ] as const) {
    if ((await read(name)) === null) continue;
    const reason = `Its dependencies are locked by ${manager} (${name}), which the fleet does not install; add a package-lock.json.`;
    return { kind: "refused" as const, reason };
  }
  return { kind: "nothing" as const };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
