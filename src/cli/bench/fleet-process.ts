import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeEnvironment } from "../../platform/config/environment.ts";

/** A `fleet` command in a process of its own. */
export type FleetProcess = {
  readonly pid: number;
  readonly child: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Resolves to its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
};

/** Starts `fleet …` with nothing of the fleet's in its environment but `variables`: embedded engines, no credentials. */
export function startFleetProcess(args: readonly string[], variables: Readonly<Record<string, string>>): FleetProcess {
  const child = spawn(process.execPath, [commandFile(), ...args], {
    env: { ...withoutFleetVariables(process.env), ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  if (child.pid === undefined) throw new Error("The fleet's process could not be started.");
  const exited = once(child, "close").then(() => child.exitCode);
  return { pid: child.pid, child, output: () => chunks.join(""), exited };
}

/** The environment without what configures a fleet. */
export function withoutFleetVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const known = new Set<string>(describeEnvironment().map(({ name }) => name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !known.has(name)));
}

/** The command's file, with the same ending as this one: compiled, both are .js. */
function commandFile(): string {
  const here = fileURLToPath(import.meta.url);
  return join(dirname(here), "..", `fleet${extname(here)}`);
}
