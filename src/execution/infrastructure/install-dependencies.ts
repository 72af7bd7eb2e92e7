import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import type { InstallDependencies, InstallOutcome } from "../application/ports.ts";
import { cleanText, failureLines } from "../domain/checks/failure-lines.ts";
import { cargoCrates } from "./installers/cargo-crates.ts";
import { goModules } from "./installers/go-modules.ts";
import type { Installer, InstallPlan, ListProjectFolders, ReadProjectFile } from "./installers/installer.ts";
import { createNodePackages } from "./installers/node-packages.ts";
import { pythonPackages } from "./installers/python-packages.ts";
import { removeDirectory } from "./remove-directory.ts";
import { readInside } from "./worktree-files.ts";

/** Installing takes no longer than this (milliseconds). */
const timeoutMs = 10 * 60_000;
const maxLockBytes = 20_000_000;

/** What could not be installed and has a substitute is tried again after this time (milliseconds). */
const retryAfterMs = 10 * 60_000;

/** Variables that an installer may see beside its own: where the registry is and how it is reached. */
const passed = [
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "CARGO_HTTP_CAINFO",
  "PIP_INDEX_URL",
  "PIP_CERT",
];

type Install = Extract<InstallPlan, { readonly kind: "install" }>;

/**
 * Installs a project's dependencies into a store below `root`, keyed by the files that name them and the runtime's
 * version. It is the one step with a network, so no code of the project or its packages runs in it. `root` must let other
 * users pass (mode 711 is set). A project without a lock file, or whose lock file names nothing, has nothing to install:
 * `skipped`.
 */
export function createInstallDependencies(options: {
  readonly root: string;
  /** npm's registry. Default: npm's own, or what `npm_config_registry` says. */
  readonly registry?: string;
}): InstallDependencies {
  const { root } = options;
  const node = createNodePackages(options.registry ?? process.env["npm_config_registry"]);
  const installers: Readonly<Record<string, Installer>> = {
    node,
    python: pythonPackages,
    go: goModules,
    rust: cargoCrates,
    // Commands of fleet.yml may be of any language; a package.json with a lock file says what they need.
    configured: node,
  };
  const running = new Map<string, Promise<void>>();

  const failed = new Map<string, number>();

  async function carryOut(plan: InstallPlan, at: string, signal: AbortSignal | undefined): Promise<Done> {
    if (plan.kind === "nothing") return { outcome: "skipped", readOnly: [] };
    if (plan.kind === "refused") return { outcome: "failed", reason: plan.reason };
    const home = join(root, keyOf(plan));
    const readOnly = plan.folders.map(({ folder, to }) => {
      return { from: join(home, folder), to: isAbsolute(to) || at === "" ? to : `${at}/${to}` };
    });
    const env = plan.found ?? {};
    if (await exists(home)) {
      // The time of the last use, for whoever clears the store.
      await utimes(home, new Date(), new Date());
      return { outcome: "cached", readOnly, env };
    }
    const { otherwise } = plan;
    if (otherwise !== undefined && performance.now() < (failed.get(home) ?? 0)) return carryOut(otherwise, at, signal);
    const job = running.get(home) ?? install(home, plan, signal);
    running.set(home, job);
    try {
      await job;
    } catch (error) {
      if (otherwise === undefined) return { outcome: "failed", reason: installFailure(error) };
      failed.set(home, performance.now() + retryAfterMs);
      return await carryOut(otherwise, at, signal);
    } finally {
      running.delete(home);
    }
    return { outcome: "installed", readOnly, env };
  }

  return async (worktree, signal, { directory = "", kind = "node" } = {}): Promise<InstallOutcome> => {
    const started = performance.now();
    const { plan, at } = await planOf(installers[kind], worktree, directory);
    return { ...(await carryOut(plan, at, signal)), wallMs: Math.round(performance.now() - started) };
  };
}

/** What came of a plan, without the time that it took. */
type Done = InstallOutcome extends infer One ? (One extends unknown ? Omit<One, "wallMs"> : never) : never;

type Planned = {
  readonly plan: InstallPlan;
  /** The directory that it is for: the project's, or that of the workspaces that it belongs to. */
  readonly at: string;
};

/** A member of workspaces has its packages from the lock file above it. */
async function planOf(installer: Installer | undefined, worktree: string, directory: string): Promise<Planned> {
  const nothing = { plan: { kind: "nothing" }, at: directory } as const;
  if (installer === undefined) return nothing;
  const own = await installer(reader(worktree, directory), lister(worktree, directory));
  if (own.kind !== "nothing") return { plan: own, at: directory };
  const parts = directory.split("/");
  for (let length = parts.length - 1; length >= 0 && directory !== ""; length -= 1) {
    const at = parts.slice(0, length).join("/");
    const plan = await installer(reader(worktree, at), lister(worktree, at));
    const member = parts.slice(length).join("/");
    if (plan.kind === "install" && Object.hasOwn(plan.files, `${member}/package.json`)) return { plan, at };
  }
  return nothing;
}

function reader(worktree: string, directory: string): ReadProjectFile {
  return async (name) => {
    const file = await readInside(worktree, directory === "" ? name : `${directory}/${name}`, maxLockBytes);
    return file.kind === "text" ? file.text : null;
  };
}

/** A link is no folder here, and what lies behind one is refused when it is read. */
function lister(worktree: string, directory: string): ListProjectFolders {
  return async (folder) => {
    try {
      const entries = await readdir(join(worktree, directory, folder), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory() && entry.name !== "node_modules").map(({ name }) => name);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "ENOENT" || code === "ENOTDIR") return [];
      throw error;
    }
  };
}

function keyOf({ version, files, links = {} }: Install): string {
  const hash = createHash("sha256");
  for (const part of [version, process.platform, process.arch, ...Object.entries({ ...files, ...links }).flat()])
    hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 40);
}

async function install(home: string, plan: Install, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  await chmod(dirname(home), 0o711);
  const draft = await mkdtemp(join(dirname(home), ".draft-"));
  try {
    const place = join(draft, "project");
    await mkdir(place, { mode: 0o755 });
    for (const [name, text] of Object.entries(plan.files)) {
      await mkdir(dirname(join(place, name)), { recursive: true });
      await writeFile(join(place, name), text);
    }
    const env: Record<string, string> = { HOME: draft, CI: "true", ...plan.env?.(place) };
    for (const name of passed) {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    }
    await promisify(execFile)(plan.program, plan.args(place, draft), {
      cwd: place,
      env,
      timeout: timeoutMs,
      maxBuffer: 10_000_000,
      ...(signal === undefined ? {} : { signal }),
    });
    for (const { folder } of plan.folders) await mkdir(join(place, folder), { recursive: true });
    for (const [path, target] of Object.entries(plan.links ?? {})) await symlink(target, join(place, path));
    await rename(place, home).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster: its copy is as good.
      if (!(await exists(home))) throw error;
    });
  } finally {
    await removeDirectory(draft);
  }
}

function installFailure(error: unknown): string {
  const output = error instanceof Error && "stderr" in error && typeof error.stderr === "string" ? error.stderr : "";
  const lines = output
    .split("\n")
    .map((line) => line.replace(/^(?:npm (?:error|ERR!)|go:) ?/, "").trim())
    .filter((line) => line !== "");
  return (
    failureLines(lines.join("\n")) || cleanText(error instanceof Error ? error.message : "The installation failed.")
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
