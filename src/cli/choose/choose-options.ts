import { lstatSync, readdirSync, statSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

/** The options of `fleet choose` as the command line gives them. */
export type ChooseOptions = {
  readonly repo: string;
  readonly base: string;
  readonly candidates: string;
  readonly tests?: string | undefined;
  /** Seconds. */
  readonly timeout: string;
  readonly json: boolean;
};

/**
 * Exit codes of `fleet choose`. `nobody`: every candidate was measured and none passes. `usage` (EX_USAGE): an option
 * cannot be meant. `noSandbox` (EX_UNAVAILABLE): nothing may be run here, so nobody can pass. `interrupted`: by SIGINT.
 */
export const chooseExitCodes = { winner: 0, nobody: 3, usage: 64, noSandbox: 69, interrupted: 130 } as const;

/** @throws UsageError unless it is a directory with something in it. */
export function requireDirectory(option: string, value: string, holds: string): void {
  const found = statSync(value, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(option, value, "there is no such directory", `Give ${holds}.`);
  if (!found.isDirectory()) {
    const what = lstatSync(value).isFile() ? "a file" : "no directory";
    throw new UsageError(option, value, `it is ${what}`, `Give ${holds}.`);
  }
  if (readdirSync(value).length === 0) throw new UsageError(option, value, "it is empty", `Give ${holds}.`);
}

/** @throws UsageError unless it is a number of seconds between 1 and a day. */
export function parseTimeout(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== "" && seconds >= 1 && seconds <= 86_400) return Math.round(seconds * 1_000);
  throw new UsageError("--timeout", value, "it is no number of seconds from 1 to 86400", "For example --timeout 300.");
}
