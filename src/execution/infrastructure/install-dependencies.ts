import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, rename, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { InstallDependencies, InstallOutcome } from "../application/ports.ts";
import { cleanText, failureLines } from "../domain/checks/failure-lines.ts";
import { judgeLockFile } from "./lock-file.ts";
import { removeDirectory } from "./remove-directory.ts";
import { readInside } from "./worktree-files.ts";

/** Installing takes no longer than this (milliseconds). */
const timeoutMs = 10 * 60_000;
const maxLockBytes = 20_000_000;

/** Variables that npm may see beside its own: where the registry is and how it is reached. */
const passed = [
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
];

/**
 * Installs npm dependencies into a store below `root`, keyed by package files and Node version, with `npm ci
 * --ignore-scripts`: the one step with a network, so no code of the project or its packages runs in it, and no `.npmrc`
 * of the project is read. `root` must let other users pass (mode 711 is set). A project without a lock file, or whose
 * lock file names nothing, has nothing to install: `skipped`.
 */
export function createInstallDependencies(options: {
  readonly root: string;
  /** Default: npm's own, or what `npm_config_registry` says. */
  readonly registry?: string;
}): InstallDependencies {
  const { root } = options;
  const registry = options.registry ?? process.env["npm_config_registry"];
  const running = new Map<string, Promise<void>>();

  return async (worktree, signal, { directory = "", kind = "node" } = {}): Promise<InstallOutcome> => {
    const started = performance.now();
    const wallMs = () => Math.round(performance.now() - started);
    const failed = (reason: string): InstallOutcome => ({ outcome: "failed", reason, wallMs: wallMs() });
    if (kind !== "node" && kind !== "configured") return { outcome: "skipped", readOnly: [], wallMs: wallMs() };
    const at = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
    const project = await readInside(worktree, at("package.json"), maxLockBytes);
    const lock = await readInside(worktree, at("package-lock.json"), maxLockBytes);
    if (project.kind !== "text" || lock.kind !== "text") {
      return { outcome: "skipped", readOnly: [], wallMs: wallMs() };
    }
    const { packages, refusal } = judgeLockFile(project.text, lock.text, registry);
    if (refusal !== null) return failed(refusal);
    if (packages === 0) return { outcome: "skipped", readOnly: [], wallMs: wallMs() };

    const hash = createHash("sha256");
    for (const part of [process.version, process.platform, process.arch, project.text, lock.text])
      hash.update(part).update("\0");
    const home = join(root, hash.digest("hex").slice(0, 40));
    const readOnly = [{ from: join(home, "node_modules"), to: at("node_modules") }];
    if (await exists(home)) {
      // The time of the last use, for whoever clears the store.
      await utimes(home, new Date(), new Date());
      return { outcome: "cached", readOnly, wallMs: wallMs() };
    }
    const job =
      running.get(home) ??
      install(home, { "package.json": project.text, "package-lock.json": lock.text }, registry, signal);
    running.set(home, job);
    try {
      await job;
    } catch (error) {
      return failed(installFailure(error));
    } finally {
      running.delete(home);
    }
    return { outcome: "installed", readOnly, wallMs: wallMs() };
  };
}

async function install(
  home: string,
  files: Readonly<Record<string, string>>,
  registry: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  await chmod(dirname(home), 0o711);
  const draft = await mkdtemp(join(dirname(home), ".draft-"));
  try {
    const place = join(draft, "project");
    await mkdir(place, { mode: 0o755 });
    for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
    const env: Record<string, string> = { HOME: draft, CI: "true" };
    for (const name of passed) {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    }
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    // Whatever host a lock file names, packages come from the one registry.
    const source = ["--replace-registry-host=always", ...(registry === undefined ? [] : [`--registry=${registry}`])];
    await promisify(execFile)(
      "npm",
      ["ci", "--ignore-scripts", ...quiet, ...source, `--cache=${join(draft, "cache")}`],
      {
        cwd: place,
        env,
        timeout: timeoutMs,
        maxBuffer: 10_000_000,
        ...(signal === undefined ? {} : { signal }),
      },
    );
    await mkdir(join(place, "node_modules"), { recursive: true });
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
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, "").trim())
    .filter((line) => line !== "");
  return failureLines(lines.join("\n")) || cleanText(error instanceof Error ? error.message : "npm ci failed");
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
