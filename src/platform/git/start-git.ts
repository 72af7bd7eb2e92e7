import { type ChildProcess, spawn } from "node:child_process";
import { RetryableError } from "../../kernel/errors.ts";
import { gitStarterProgram } from "./git-starter-program.ts";

export type GitProcess = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string | Buffer;
  /** More output than this ends git (bytes). */
  readonly most: number;
  readonly timeoutMs: number;
};

/** How git ended. `status` is null where a signal ended it; `cut`: it wrote too much; `late`: it took too long. */
export type GitEnd = {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly cut: boolean;
  readonly late: boolean;
};

type Answer = (GitEnd & { readonly id: number }) | { readonly id: number; readonly error: StartError };
/** As Node tells why a process could not be started. */
type StartError = { readonly message: string; readonly code?: string; readonly syscall?: string };
type Waiting = { readonly resolve: (end: GitEnd) => void; readonly reject: (error: Error) => void };
type Starter = { readonly child: ChildProcess; readonly waiting: Map<number, Waiting> };

let starter: Starter | null = null;
let last = 0;

/**
 * Runs git as a child of a small process that this one keeps for it. A process that starts another one stands still while
 * the kernel copies its page table: 1 ms for 40 MB, 20 ms for a worker's 350 MB, and a deliberation needs git some 70 times.
 * Throws an `AbortError` when the signal ends it.
 */
export function startGit(call: GitProcess, signal?: AbortSignal): Promise<GitEnd> {
  if (signal?.aborted === true) return Promise.reject(aborted(signal));
  const { child, waiting } = open();
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      child.send({ id, end: true });
      settle(() => reject(aborted(signal)));
    };
    const settle = (how: () => void): void => {
      waiting.delete(id);
      // Nothing that waits for git may keep this process from ending, and something that does may not let it end.
      if (waiting.size === 0) keep(child, false);
      signal?.removeEventListener("abort", stop);
      how();
    };
    waiting.set(id, {
      resolve: (end) => settle(() => resolve(end)),
      reject: (error) => settle(() => reject(error)),
    });
    signal?.addEventListener("abort", stop, { once: true });
    keep(child, true);
    child.send({ id, ...call });
  });
}

function open(): Starter {
  if (starter !== null) return starter;
  const child = spawn(process.execPath, ["--input-type=module", "-e", gitStarterProgram], {
    env: {},
    cwd: "/",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const waiting = new Map<number, Waiting>();
  const opened: Starter = { child, waiting };
  child.on("message", (answer: Answer) => {
    const caller = waiting.get(answer.id);
    if ("error" in answer) caller?.reject(Object.assign(new Error(answer.error.message), answer.error));
    else caller?.resolve({ ...answer, stdout: Buffer.from(answer.stdout) });
  });
  const gone = (): void => {
    if (starter === opened) starter = null;
    for (const { reject } of [...waiting.values()])
      reject(new RetryableError("The process that starts git ended.", 1_000));
  };
  child.on("error", gone);
  child.once("exit", gone);
  starter = opened;
  return opened;
}

function keep(child: ChildProcess, kept: boolean): void {
  if (kept) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

function aborted(signal: AbortSignal | undefined): Error {
  return Object.assign(new Error("The operation was aborted", { cause: signal?.reason }), { name: "AbortError" });
}
