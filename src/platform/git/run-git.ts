import { spawn } from "node:child_process";
import { PermanentError } from "../../kernel/errors.ts";

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
export function runGit(call: GitCall): Promise<Buffer> {
  const env = gitEnvironment(call.settings);
  if (call.gitDirectory !== undefined) env["GIT_DIR"] = call.gitDirectory;
  if (call.workTree !== undefined) env["GIT_WORK_TREE"] = call.workTree;
  if (call.indexFile !== undefined) env["GIT_INDEX_FILE"] = call.indexFile;
  const [operation = ""] = call.arguments;
  return new Promise((resolve, reject) => {
    const child = spawn("git", call.arguments, {
      env,
      cwd: call.workTree ?? call.gitDirectory ?? call.directory ?? "/",
      ...(call.signal === undefined ? {} : { signal: call.signal, killSignal: "SIGKILL" }),
    });
    const chunks: Buffer[] = [];
    let length = 0;
    let stderr = "";
    let cut = false;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, call.timeoutMs ?? 120_000);
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (!cut) chunks.push(chunk);
      if (length <= (call.cutAt ?? maxOutput) || cut) return;
      cut = true;
      child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString("utf8");
    });
    child.once("error", reject);
    // Git may end without reading all of its input; its status says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(call.input ?? "");
    child.once("close", (code) => {
      clearTimeout(timer);
      if (code === 0 || (cut && call.cutAt !== undefined))
        return resolve(Buffer.concat(chunks).subarray(0, call.cutAt));
      reject(new GitFailure(operation, code, late ? "it took too long" : cut ? "it wrote too much" : stderr));
    });
  });
}
