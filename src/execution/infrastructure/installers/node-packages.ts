import { z } from "zod";
import { findProgram } from "../find-program.ts";
import { judgeLockFile } from "../lock-file.ts";
import type { Installer, InstallPlan, ReadProjectFile } from "./installer.ts";
import { pnpm } from "./pnpm-packages.ts";
import { yarn } from "./yarn-packages.ts";

const dependencies = z.record(z.string(), z.string()).catch({});
const packageJson = z
  .object({ dependencies, devDependencies: dependencies, workspaces: z.unknown().optional() })
  .catch({ dependencies: {}, devDependencies: {}, workspaces: undefined });

/**
 * `npm ci --ignore-scripts`, from the one registry: no `.npmrc` of the project is read. Where the lock file is pnpm's or
 * yarn's, that program does the same. npm's workspaces are installed with their project. Without a lock file, or with one that names nothing, there is nothing to install.
 */
export function createNodePackages(registry: string | undefined): Installer {
  return async (read) => {
    const [project, lock] = [await read("package.json"), await read("package-lock.json")];
    if (project === null) return { kind: "nothing" };
    if (lock === null) return otherLock(project, read, registry);
    const { packages, workspaces, refusal } = judgeLockFile(project, lock, registry);
    if (refusal !== null) return { kind: "refused", reason: refusal };
    if (packages === 0) return { kind: "nothing" };
    const members: Record<string, string> = {};
    for (const { path } of workspaces) {
      const text = await read(`${path}/package.json`);
      if (text === null)
        return { kind: "refused", reason: `The lock file has the workspace ${path}, which is not there.` };
      members[`${path}/package.json`] = text;
    }
    const places = ["", ...workspaces.flatMap(({ path, ownPackages }) => (ownPackages ? [`${path}/`] : []))];
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    // Whatever host a lock file names, packages come from the one registry.
    const source = ["--replace-registry-host=always", ...(registry === undefined ? [] : [`--registry=${registry}`])];
    return {
      kind: "install",
      files: { "package.json": project, "package-lock.json": lock, ...members },
      version: process.version,
      program: "npm",
      args: (_, scratch) => ["ci", "--ignore-scripts", ...quiet, ...source, `--cache=${scratch}/cache`],
      folders: places.map((place) => ({ folder: `${place}node_modules`, to: `${place}node_modules` })),
    };
  };
}

/** A project locked by another package manager: that one installs it, where it is at hand. */
async function otherLock(project: string, read: ReadProjectFile, registry: string | undefined): Promise<InstallPlan> {
  const { dependencies, devDependencies, workspaces } = packageJson.parse(parsed(project));
  if (Object.keys(dependencies).length + Object.keys(devDependencies).length === 0) return { kind: "nothing" };
  for (const { manager, lock: name, judge, plan } of [pnpm, yarn]) {
    const lock = await read(name);
    if (lock === null) continue;
    const reason = workspaces === undefined ? judge(lock) : "Workspaces are not installed.";
    if (reason !== null) return { kind: "refused", reason };
    const program = await findProgram(manager);
    if (program === null)
      return { kind: "refused", reason: `Its dependencies are locked by ${manager} (${name}), which is not on PATH.` };
    const { args, env } = plan({ lock, registry });
    return {
      kind: "install",
      files: { "package.json": project, [name]: lock },
      version: process.version,
      program,
      args: (_, scratch) => args(scratch),
      env: () => ({ ...env, ...itself }),
      folders: [{ folder: "node_modules", to: "node_modules" }],
    };
  }
  return { kind: "nothing" };
}

/** The program on PATH may be Corepack's, which would fetch and run the version that the project names. */
const itself = { COREPACK_ENABLE_PROJECT_SPEC: "0", COREPACK_ENABLE_STRICT: "0" };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
