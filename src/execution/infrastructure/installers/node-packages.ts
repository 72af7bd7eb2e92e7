import { findProgram } from "../find-program.ts";
import { closed, nodeCache } from "../find-toolchain.ts";
import { judgeLockFile } from "../lock-file.ts";
import type { Installer, InstallPlan, ListProjectFolders, ReadProjectFile } from "./installer.ts";
import { fromRegistryOnly } from "./other-locks.ts";
import { pnpm } from "./pnpm-packages.ts";
import { fromRegistry, membersOf, readPackageJson, workspaceMissing } from "./workspaces.ts";
import { yarn } from "./yarn-packages.ts";

/**
 * `npm ci --ignore-scripts`, from the one registry: no `.npmrc` of the project is read. Where the lock file is pnpm's or
 * yarn's, that program does the same. Workspaces are installed with their project. Without a lock file npm looks up what
 * the package.json asks for, once for its text, where that can be done; workspaces are not.
 */
export function createNodePackages(registry: string | undefined): Installer {
  return async (read, list) => {
    const [project, lock] = [await read("package.json"), await read("package-lock.json")];
    if (project === null) return { kind: "nothing" };
    if (lock === null) return otherLock(project, { read, list, registry });
    const { packages, workspaces, refusal } = judgeLockFile(project, lock, registry);
    if (refusal !== null) return { kind: "refused", reason: refusal };
    if (packages === 0) return { kind: "nothing" };
    const members: Record<string, string> = {};
    for (const { path } of workspaces) {
      const text = await read(`${path}/package.json`);
      if (text === null) return { kind: "refused", reason: workspaceMissing(path) };
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
      args: (_, scratch) => ["ci", "--ignore-scripts", ...quiet, ...source, ...patience, `--cache=${scratch}/cache`],
      ...shown(places),
    };
  };
}

/**
 * npm tries again what does not have the lock file's integrity, too, after 10 s and then 60 s by itself: a model that makes
 * up a hash would keep everybody waiting for minutes. In milliseconds.
 */
const patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000"];

/** A project locked by another package manager: that one installs it, where it is at hand. */
async function otherLock(
  project: string,
  { read, list, registry }: { read: ReadProjectFile; list: ListProjectFolders; registry: string | undefined },
): Promise<InstallPlan> {
  for (const { manager, lock: name, judge, plan } of [pnpm, yarn]) {
    const lock = await read(name);
    if (lock === null) continue;
    const judged = judge(lock);
    if ("refusal" in judged) return { kind: "refused", reason: judged.refusal };
    const found = await membersOf(project, judged.members, { read, list });
    if ("refusal" in found) return { kind: "refused", reason: found.refusal };
    const members = Object.keys(found.texts);
    if (judged.packages === 0 && members.length === 0) return { kind: "nothing" };
    const asked: { readonly name: string; readonly range: string }[] = [];
    for (const text of [project, ...Object.values(found.texts)]) {
      const read = readPackageJson(text);
      if (read === null) return { kind: "refused", reason: "A package.json cannot be read." };
      asked.push(...read.wanted);
    }
    if (asked.length === 0) return { kind: "nothing" };
    // The lock file may not have it: then it would be looked up before the lock file is found wanting.
    const elsewhere = asked.find(({ range }) => !fromRegistry.test(range));
    if (elsewhere !== undefined) return { kind: "refused", reason: fromRegistryOnly(elsewhere.name) };
    const program = await findProgram(manager);
    if (program === null)
      return { kind: "refused", reason: `Its dependencies are locked by ${manager} (${name}), which is not on PATH.` };
    const { args, env, files = {} } = await plan({ lock, registry, members, read });
    const texts = Object.entries(found.texts).map(([path, text]) => [`${path}/package.json`, text] as const);
    const places = ["", ...members.map((path) => `${path}/`)];
    return {
      kind: "install",
      files: { "package.json": project, [name]: lock, ...files, ...Object.fromEntries(texts) },
      version: process.version,
      program,
      args: (_, scratch) => args(scratch),
      env: () => ({ ...env, ...itself }),
      ...shown(places),
    };
  }
  return withoutLock(project, registry);
}

/** As libraries have it, whose lock files are nobody's matter: the newest packages that fit. */
function withoutLock(project: string, registry: string | undefined): InstallPlan {
  const asked = readPackageJson(project);
  if (asked === null || asked.wanted.length === 0 || asked.workspaces.length > 0) return { kind: "nothing" };
  // The tests themselves say what is missing then. Overrides can lead anywhere.
  if (/"overrides"\s*:/.test(project)) return { kind: "nothing" };
  if (asked.wanted.some(({ range }) => !fromRegistry.test(range) || range.startsWith("workspace:")))
    return { kind: "nothing" };
  return {
    kind: "install",
    files: { "package.json": project },
    version: process.version,
    program: "npm",
    args: (_, scratch) => [
      ...["install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--no-update-notifier"],
      ...["--loglevel=error", "--fetch-retries=1", "--force", `--cache=${scratch}/cache`],
      // A package may ask for one from git: not with this program.
      "--git=/nonexistent/git",
      ...(registry === undefined ? [] : [`--registry=${registry}`]),
    ],
    ...shown([""]),
    otherwise: { kind: "nothing" },
  };
}

/**
 * Many a tool keeps what it writes in `node_modules/.cache`, Vitest in `.vite`, and some end where they cannot. Vite compiles its configuration
 * below `node_modules/.vite-temp`, or beside it where that place is closed to it, and ends where it is read-only.
 * @see https://github.com/vitejs/vite/blob/main/packages/vite/src/node/config.ts
 */
function shown(places: readonly string[]) {
  return {
    folders: places.map((place) => ({ folder: `${place}node_modules`, to: `${place}node_modules` })),
    links: {
      "node_modules/.cache": nodeCache,
      "node_modules/.vite": nodeCache,
      "node_modules/.vite-temp": `${closed}/.vite-temp`,
    },
  };
}

/** The program on PATH may be Corepack's, which would fetch and run the version that the project names. */
const itself = { COREPACK_ENABLE_PROJECT_SPEC: "0", COREPACK_ENABLE_STRICT: "0" };
