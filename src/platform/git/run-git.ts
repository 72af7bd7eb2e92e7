import { PermanentError } from "../../kernel/errors.ts";
import { startGit } from "./start-git.ts";

/** A git call that failed: what git said, cut; the arguments hold no secret. */
export class GitFailure extends PermanentError {
  readonly status: number | null;
  readonly stderr: string;

  constructor(operation: string, status: number | null, stderr: string) {
    super(`git ${operation} failed: ${stderr.trim().slice(0, 500)}`);
    this.status = status;
    this.stderr = stderr;
  }
}

/**
 * Settings of every git call, handed over in the environment so that nothing on disk decides: no hooks, no monitor, no
 * submodules, no maintenance, no prompts, and no work tree settings of whoever made the repository.
 */
const settings: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.untrackedCache": "false",
  "core.bare": "false",
  "core.quotePath": "false",
  "core.autocrlf": "false",
  "core.symlinks": "true",
  "core.fileMode": "true",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "diff.ignoreSubmodules": "all",
  "submodule.recurse": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "safe.directory": "*",
  "credential.helper": "",
  "http.followRedirects": "false",
  "advice.addEmbeddedRepo": "false",
};

/** The environment of a git process: nothing of this process's own but PATH, and no configuration files. */
export function gitEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: "/nonexistent",
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    // A partial clone answers with what it has (git 2.45, and the older ones that have its security fixes).
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "file:http:https",
  };
  for (const [at, [key, value]] of Object.entries({ ...settings, ...more }).entries()) {
    env[`GIT_CONFIG_KEY_${at}`] = key;
    env[`GIT_CONFIG_VALUE_${at}`] = value;
    env["GIT_CONFIG_COUNT"] = String(at + 1);
  }
  return env;
}

export type GitCall = {
  readonly arguments: readonly string[];
  readonly gitDirectory?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  /** Where git looks for a repository by itself. */
  readonly directory?: string;
  readonly input?: string | Buffer;
  /** Settings for this call only; the values are not readable by other users. */
  readonly settings?: Readonly<Record<string, string>>;
  /** More output than this ends git, and the output is cut there. Default 256 MiB, where it is a failure instead. */
  readonly cutAt?: number;
  /** Milliseconds; default 2 minutes. */
  readonly timeoutMs?: number;
  /** Ends git; the call then throws an `AbortError`. */
  readonly signal?: AbortSignal;
};

const maxOutput = 256 * 1024 * 1024;

/** Runs git and gives back what it wrote. Throws `GitFailure` when git ends with another status than 0. */
export async function runGit(call: GitCall): Promise<Buffer> {
  const env = gitEnvironment(call.settings);
  if (call.gitDirectory !== undefined) env["GIT_DIR"] = call.gitDirectory;
  if (call.workTree !== undefined) env["GIT_WORK_TREE"] = call.workTree;
  if (call.indexFile !== undefined) env["GIT_INDEX_FILE"] = call.indexFile;
  const { status, stdout, stderr, cut, late } = await startGit(
    {
      args: call.arguments,
      env,
      cwd: call.workTree ?? call.gitDirectory ?? call.directory ?? "/",
      input: call.input ?? "",
      most: call.cutAt ?? maxOutput,
      timeoutMs: call.timeoutMs ?? 120_000,
    },
    call.signal,
  );
  if (status === 0 || (cut && call.cutAt !== undefined)) return stdout.subarray(0, call.cutAt);
  const [operation = ""] = call.arguments;
  throw new GitFailure(operation, status, late ? "it took too long" : cut ? "it wrote too much" : stderr);
}
