import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConfigurationError, RetryableError } from "../../kernel/errors.ts";
import { GitFailure, runGit } from "../../platform/git/run-git.ts";
import { removeDirectory } from "./remove-directory.ts";

export type MirrorSource = {
  /** `http(s)://…` or `file://…`, without a user name or password in it. */
  readonly url: string;
  /** Where the bare repository is kept; made when it is missing. */
  readonly directory: string;
  /** The value of the Authorization header, e.g. `Basic …`. It goes to the url's own origin only. */
  readonly authorizationHeader?: string;
};

/** One fetch at a time per directory: git would stop at the other one's locks. */
const running = new Map<string, Promise<void>>();

/** A lock that is older than this was left by a git that was killed (milliseconds). */
const staleLockMs = 10 * 60_000;

/**
 * Brings a bare mirror up to date: all branches and tags, and what is gone there goes here. The header travels in git's
 * environment, neither in the URL nor in the arguments, and is written nowhere. Errors: `ConfigurationError` for a URL
 * that is none or holds a password; `RetryableError` when the other side does not answer or refuses.
 */
export async function ensureMirror(source: MirrorSource): Promise<void> {
  const { directory } = source;
  const before = running.get(directory) ?? Promise.resolve();
  // A fetch that failed is its own caller's concern.
  const next = before.catch(() => undefined).then(() => fetchInto(source));
  running.set(directory, next);
  try {
    await next;
  } finally {
    if (running.get(directory) === next) running.delete(directory);
  }
}

async function fetchInto({ url, directory, authorizationHeader }: MirrorSource): Promise<void> {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address === null || address.username !== "" || address.password !== "") {
    throw new ConfigurationError("The address of a repository must be a URL without a user name and password.");
  }
  await makeBare(directory);
  await removeStaleLocks(directory);
  const settings: Record<string, string> =
    authorizationHeader === undefined
      ? {}
      : { [`http.${address.origin}/.extraHeader`]: `Authorization: ${authorizationHeader}` };
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  const options = [
    "--quiet",
    "--prune",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
  ];
  try {
    await runGit({
      gitDirectory: directory,
      arguments: ["fetch", ...options, "--", url, ...refs],
      settings,
      timeoutMs: 600_000,
    });
  } catch (error) {
    if (error instanceof GitFailure) throw new RetryableError(error.message, 5_000, { cause: error });
    throw error;
  }
}

/** Makes the repository beside its place and moves it there, so that a half-made one is never seen. */
async function makeBare(directory: string): Promise<void> {
  if ((await stat(join(directory, "HEAD")).catch(() => null)) !== null) return;
  await mkdir(dirname(directory), { recursive: true });
  const draft = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`));
  try {
    await runGit({ arguments: ["init", "--quiet", "--bare", "--template=", draft] });
    await rename(draft, directory);
  } catch (error) {
    await removeDirectory(draft);
    // Another process was faster: its mirror is as good.
    if ((await stat(join(directory, "HEAD")).catch(() => null)) === null) throw error;
  }
}

/** Git's locks stand at the top and below refs; the objects need none. */
async function removeStaleLocks(directory: string): Promise<void> {
  const entries = [
    ...(await readdir(directory, { withFileTypes: true })),
    ...(await readdir(join(directory, "refs"), { recursive: true, withFileTypes: true })),
  ];
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".lock")) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > staleLockMs) await rm(path, { force: true });
  }
}
