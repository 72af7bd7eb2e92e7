import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const program = join(root, "dist", "src", "cli", "fleet.js");

export type FleetProcess = {
  readonly pid: number;
  /** Every whole line of standard output so far, and of standard error: a kill may cut the last one short. */
  readonly lines: readonly string[];
  readonly problems: readonly string[];
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly running: () => boolean;
  /** The first line, printed already or yet to come, that `wanted` takes; fails when the process ends before. */
  line(wanted: (line: string) => boolean, timeoutMs?: number): Promise<string>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

const started = new Set<FleetProcess>();

/** Starts the compiled command line (`npm test` builds it first) with this environment and nothing of ours but PATH. */
export function startFleetProcess(args: readonly string[], env: Readonly<Record<string, string>>): FleetProcess {
  if (!existsSync(program)) throw new Error("The fleet is not built: run `npm run build`, or `npm test`.");
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = toFleetProcess(child);
  started.add(running);
  return running;
}

/** Ends what a test left running; for `afterEach`. */
export async function endFleetProcesses(): Promise<void> {
  await Promise.all([...started].map((each) => each.end("SIGKILL")));
  started.clear();
}

function toFleetProcess(child: ChildProcess): FleetProcess {
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) throw new Error("The fleet did not start.");
  const lines: string[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  readLines(stdout, (line) => {
    lines.push(line);
    tell();
  });
  readLines(stderr, (line) => problems.push(line));
  let over = false;
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => {
      over = true;
      resolve(code ?? signal ?? "SIGKILL");
      tell();
    });
  });

  function line(wanted: (line: string) => boolean, timeoutMs = 60_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const story = (what: string) =>
        new Error(`${what}. Its last lines:\n${[...lines.slice(-5), ...problems.slice(-15)].join("\n").slice(-3_000)}`);
      const timer = setTimeout(() => settle(() => reject(story(`no such line within ${timeoutMs} ms`))), timeoutMs);
      const settle = (done: () => void) => {
        waiting.delete(look);
        clearTimeout(timer);
        done();
      };
      let seen = 0;
      const look = () => {
        for (; seen < lines.length; seen += 1) {
          const found = lines[seen];
          if (found !== undefined && wanted(found)) return settle(() => resolve(found));
        }
        if (over) settle(() => reject(story("the process ended before it printed the line")));
      };
      waiting.add(look);
      look();
    });
  }

  return {
    pid,
    lines,
    problems,
    ended,
    running: () => !over,
    line,
    end(signal = "SIGTERM") {
      if (!over) child.kill(signal);
      return ended;
    },
  };
}

function readLines(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const whole = `${rest}${text}`.split("\n");
    rest = whole.pop() ?? "";
    whole.forEach(take);
  });
}

/** Expects the end with this code within the time; the message holds what the process said last. */
export async function expectEnd(fleet: FleetProcess, code: number, timeoutMs = 120_000): Promise<void> {
  const late = AbortSignal.timeout(timeoutMs);
  const end = await Promise.race([
    fleet.ended,
    new Promise<string>((resolve) =>
      late.addEventListener("abort", () => resolve(`still running after ${timeoutMs} ms`)),
    ),
  ]);
  expect(end, [...fleet.lines.slice(-5), ...fleet.problems.slice(-15)].join("\n").slice(-3_000)).toBe(code);
}
